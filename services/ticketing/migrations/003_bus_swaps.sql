-- Sales of a trip rest while its bus is being swapped, until this instant at the latest: whoever swaps may be killed.
alter table trip_state add column pause_end_time timestamptz;

-- A passenger has one ticket; one whose seat changed gets another, and the old one stays, void.
alter table ticket drop constraint ticket_of_passenger;
create unique index ticket_of_passenger on ticket (booking_id, position) where state <> 'VOID';
create index ticket_by_passenger on ticket (booking_id, position, issue_time);
