create table role (
  role text primary key check (role ~ '^[a-z]{3,20}$'),
  description text not null,
  -- Held within a company, by members of it; else on the whole platform.
  tenant_bound boolean not null,
  permissions text[] not null
);

insert into role (role, description, tenant_bound, permissions) values
  ('passenger', 'Rides and pays; everybody with a session, guests too', false, array[
    'auth.profile.read', 'auth.profile.update',
    'ticketing.bookings.create', 'ticketing.bookings.read', 'ticketing.bookings.cancel',
    'payment.intents.pay', 'payment.intents.read',
    'tenant.invitations.accept']),
  ('agent', 'Sells and boards at a station of the company', true, array[
    'ticketing.sales.create', 'ticketing.sales.read', 'ticketing.sales.cancel', 'ticketing.tickets.board',
    'payment.cash.collect', 'qr.tickets.verify', 'tenant.settings.read']),
  ('driver', 'Drives the company''s buses and boards passengers', true, array[
    'ticketing.tickets.board', 'qr.tickets.verify', 'company.trips.operate', 'tenant.settings.read']),
  ('manager', 'Runs the company', true, array[
    'company.*', 'tenant.members.read', 'tenant.members.invite', 'tenant.members.remove',
    'tenant.settings.read', 'tenant.settings.update',
    'ticketing.reports.read', 'ticketing.sales.read', 'ticketing.tickets.board', 'qr.tickets.verify',
    'payment.reports.read', 'payment.ledger.read',
    'notification.deliveries.read', 'notification.deliveries.resend', 'notification.templates.read',
    'auth.api_keys.create', 'auth.api_keys.read', 'auth.api_keys.revoke']),
  ('admin', 'Runs the platform', false, array['*']),
  ('official', 'Reads for the government what the law lets it read', false, array[
    'analytics.reports.read', 'government.reports.read', 'government.licences.read', 'government.tariffs.read',
    'government.audit.read']),
  ('partner', 'Sells tickets of the companies by API key', false, array[
    'ticketing.bookings.create', 'ticketing.bookings.read', 'ticketing.bookings.cancel',
    'ticketing.sales.create', 'ticketing.sales.read', 'payment.intents.pay', 'payment.intents.read',
    'auth.api_keys.create', 'auth.api_keys.read', 'auth.api_keys.revoke']);

create table role_grant (
  user_id uuid not null references users,
  role text not null references role,
  -- The company within which it is held; null for a platform role.
  -- unprotected: signing in asks for all that a user has, in every company
  tenant_id uuid,
  create_time timestamptz not null,
  -- Roles within a company come from tenant, which counts their changes: a grant that was held up on its way must not
  -- undo the revocation that followed it. So a revoked one is kept, with its revision.
  revision bigint not null default 0,
  revoked boolean not null default false,
  unique nulls not distinct (user_id, role, tenant_id),
  check (tenant_id is not null or not revoked)
);
create index role_grant_role on role_grant (role);

-- One permission beside the roles.
create table permission_grant (
  user_id uuid not null references users,
  permission text not null,
  -- unprotected: as role_grant
  tenant_id uuid,
  -- { ownOnly, stationIds, maxAmount: { currency, minor as text } }; null when it holds under all circumstances.
  condition jsonb,
  create_time timestamptz not null,
  unique nulls not distinct (user_id, permission, tenant_id)
);

-- What tenant said last about a company: the higher revision wins, in whatever order the news comes.
create table tenant_state (
  -- unprotected: signing in asks for several companies at once
  tenant_id uuid primary key,
  revision bigint not null,
  suspended boolean not null
);
