-- Which towns are joined within the coming days is asked of all trips by their departure.
create index trip_departure_time on trip (departure_time);
