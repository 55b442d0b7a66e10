-- Conductors ride along: they board, sell at the door for cash, and know every trip of the company.
insert into role (role, description, tenant_bound, permissions) values
  ('conductor', 'Rides along, boards passengers and sells at the door of the company''s buses', true, array[
    'ticketing.tickets.board', 'ticketing.sales.create', 'payment.cash.collect', 'qr.tickets.verify',
    'tenant.settings.read']);
