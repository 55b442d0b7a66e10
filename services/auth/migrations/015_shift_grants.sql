-- Agents work shifts at tills; managers receive their cash and see what tills should hold.
update role set permissions = permissions || array['ticketing.shifts.work'] where role = 'agent';
update role set permissions = permissions || array['ticketing.shifts.work', 'ticketing.shifts.supervise']
where role = 'manager';
