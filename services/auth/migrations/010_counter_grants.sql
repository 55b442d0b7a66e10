-- Agents sell at counters, with and without a network; managers give out devices and look at what they sent.
update role set permissions = permissions || array['ticketing.pos.operate'] where role = 'agent';
update role set permissions = permissions || array['ticketing.pos.operate', 'ticketing.pos.manage', 'ticketing.sales.create']
where role = 'manager';
