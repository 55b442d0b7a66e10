-- What a trip's arrivals are predicted from; null for trips that were told of before this was kept.
alter table trip
  add column company_slug text,
  add column schedule_id uuid,
  add column pattern_id uuid,
  add column service_date text,
  add column time_zone text,
  -- When its legs were learnt from.
  add column learn_time timestamptz;
create index trip_company on trip (company_slug, departure_time desc);
create index trip_unlearnt on trip (arrival_time) where learn_time is null and schedule_id is not null;

-- The way of a pattern along the road, as company answered. Empty when company knows none.
create table pattern_path (
  pattern_id uuid primary key,
  tenant_id uuid not null,
  path_polyline text not null
);
select kit_protect('pattern_path');

-- How long buses take from stop to stop, by hour of the day in the zone of the trips; hour -1 is all of them.
create table leg_time (
  tenant_id uuid not null,
  from_stop_id uuid not null,
  to_stop_id uuid not null,
  hour int not null check (hour between -1 and 23),
  trip_count int not null check (trip_count > 0),
  mean_seconds double precision not null,
  variance double precision not null,
  primary key (tenant_id, from_stop_id, to_stop_id, hour)
);
select kit_protect('leg_time');

-- Companies that publish their buses as GTFS-Realtime.
create table realtime_feed (
  tenant_id uuid primary key,
  published boolean not null
);
select kit_protect('realtime_feed');
