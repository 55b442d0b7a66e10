-- Managers make promotions and vouchers.
update role set permissions = permissions || array['ticketing.promotions.manage'] where role = 'manager';
