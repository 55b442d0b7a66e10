-- How far the bounds of a company's arrivals reach, in deviations, learnt trip by trip.
create table arrival_calibration (
  tenant_id uuid primary key,
  trip_count int not null check (trip_count > 0),
  reach double precision not null check (reach > 0)
);
select kit_protect('arrival_calibration');
