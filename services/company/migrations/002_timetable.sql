-- When a company drives, and what becomes of each trip.

create table calendar (
  tenant_id uuid not null,
  calendar_id uuid not null,
  name text not null,
  weekdays int[] not null check (weekdays <@ array[1, 2, 3, 4, 5, 6, 7]),
  start_date date not null,
  end_date date not null check (end_date >= start_date),
  added_dates date[] not null,
  removed_dates date[] not null check (not removed_dates && added_dates),
  create_time timestamptz not null,
  update_time timestamptz not null,
  primary key (tenant_id, calendar_id)
);
create index calendar_by_name on calendar (tenant_id, name, calendar_id);
select kit_protect('calendar');

-- When a trip calls at the stops of its pattern, counted from its departure. Never changed and shared by all trips that
-- run alike: a city feed has thousands of departures a day and a few hundred ways to run.
create table call_profile (
  tenant_id uuid not null,
  profile_id uuid not null,
  pattern_id uuid not null,
  calls jsonb not null,
  primary key (tenant_id, profile_id),
  foreign key (tenant_id, pattern_id) references pattern
);
select kit_protect('call_profile');
select kit_append_only('call_profile');

create table schedule (
  tenant_id uuid not null,
  schedule_id uuid not null,
  route_id uuid not null,
  pattern_id uuid not null,
  calendar_id uuid not null,
  profile_id uuid not null,
  headsign text not null,
  -- Null with windows, or when the departure is not known.
  start_seconds int check (start_seconds >= 0),
  windows jsonb not null,
  bus_id uuid,
  layout_id uuid,
  state text not null check (state in ('ACTIVE', 'PAUSED')),
  time_zone text not null,
  gtfs_trip_id text not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  primary key (tenant_id, schedule_id),
  foreign key (tenant_id, route_id) references route,
  foreign key (tenant_id, pattern_id) references pattern,
  foreign key (tenant_id, calendar_id) references calendar,
  foreign key (tenant_id, profile_id) references call_profile,
  foreign key (tenant_id, bus_id) references bus,
  foreign key (tenant_id, layout_id) references seat_layout,
  check (start_seconds is null or windows = '[]'::jsonb)
);
create index schedule_by_route on schedule (tenant_id, route_id);
create index schedule_by_pattern on schedule (tenant_id, pattern_id);
select kit_protect('schedule');

create table trip (
  tenant_id uuid not null,
  trip_id uuid not null,
  schedule_id uuid not null,
  route_id uuid not null,
  pattern_id uuid not null,
  profile_id uuid not null,
  headsign text not null,
  service_date date not null,
  start_seconds int not null,
  time_zone text not null,
  departure_time timestamptz not null,
  arrival_time timestamptz not null check (arrival_time >= departure_time),
  bus_id uuid,
  layout_id uuid,
  state text not null check (state in ('SCHEDULED', 'BOARDING', 'DEPARTED', 'ARRIVED', 'CANCELLED')),
  revision bigint not null check (revision >= 1),
  cancel_reason text not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  primary key (tenant_id, trip_id),
  foreign key (tenant_id, schedule_id) references schedule,
  foreign key (tenant_id, profile_id) references call_profile,
  foreign key (tenant_id, bus_id) references bus,
  foreign key (tenant_id, layout_id) references seat_layout,
  -- A departure is made once, however often trips are generated.
  constraint trip_departure unique (tenant_id, schedule_id, service_date, start_seconds),
  -- A bus is in one place at a time.
  constraint trip_bus_free exclude using gist
    (tenant_id with =, bus_id with =, tstzrange(departure_time, arrival_time) with &&)
    where (bus_id is not null and state in ('SCHEDULED', 'BOARDING', 'DEPARTED'))
);
create index trip_by_departure on trip (tenant_id, departure_time, trip_id);
create index trip_by_date on trip (tenant_id, service_date);
create index trip_by_pattern on trip (tenant_id, pattern_id) where state in ('SCHEDULED', 'BOARDING');
select kit_protect('trip');

create table driver_assignment (
  tenant_id uuid not null,
  assignment_id uuid not null,
  trip_id uuid not null,
  driver_user_id uuid not null,
  -- As the trip has them: a constraint cannot look into another table.
  departure_time timestamptz not null,
  arrival_time timestamptz not null,
  assign_time timestamptz not null,
  release_time timestamptz,
  primary key (tenant_id, assignment_id),
  foreign key (tenant_id, trip_id) references trip,
  -- A driver is in one place at a time, whichever company asks.
  constraint driver_free exclude using gist
    (driver_user_id with =, tstzrange(departure_time, arrival_time) with &&) where (release_time is null)
);
create unique index driver_one_for_trip on driver_assignment (tenant_id, trip_id) where release_time is null;
create index driver_assignment_by_departure on driver_assignment (tenant_id, departure_time, assignment_id);
select kit_protect('driver_assignment');
