-- Managers put another bus on a trip that has been sold.
update role set permissions = permissions || array['ticketing.trips.dispatch'] where role = 'manager';
