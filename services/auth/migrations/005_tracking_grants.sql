-- Managers watch their fleet, read its history, instruct its drivers and look after the devices in its buses.
update role set permissions = permissions || array['tracking.*'] where role = 'manager';
