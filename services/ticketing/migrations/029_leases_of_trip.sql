-- A ticket may be scanned before the counter that sold it is heard of, also when its lease is over: found by its trip.
drop index seat_lease_on_trip;
create index seat_lease_of_trip on seat_lease (trip_id);
