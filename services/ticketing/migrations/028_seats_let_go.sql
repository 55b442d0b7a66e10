-- When a lent seat was given back or taken back unsold: then the tickets that were signed for it are void. One whose lease
-- ran out has none, and its tickets may still be made good.
alter table seat_lease_seat add column let_go_time timestamptz;
