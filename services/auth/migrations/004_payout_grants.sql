-- Managers see to what a company is owed and gives back. That the same person never asks and approves, payment decides.
update role set permissions = permissions || array[
  'payment.payees.update', 'payment.payees.approve',
  'payment.payouts.create', 'payment.payouts.approve', 'payment.payouts.read',
  'payment.refunds.create', 'payment.refunds.approve', 'payment.refunds.read']
where role = 'manager';
