-- Which route a trip runs, and where it calls: what arrivals are told by.
alter table trip add column route_id uuid;
alter table trip add column calls jsonb not null default '[]';

-- Places that a company wants to hear of.
create table geofence (
  geofence_id uuid primary key,
  tenant_id uuid not null,
  name text not null,
  -- A GeofenceShape in ProtoJSON.
  shape jsonb not null,
  dwell_seconds int check (dwell_seconds > 0),
  speed_limit_meters_per_second double precision,
  -- A corridor that trips of this route are to stay in.
  route_id uuid,
  create_time timestamptz not null,
  update_time timestamptz not null
);
create index geofence_tenant on geofence (tenant_id, geofence_id);
select kit_protect('geofence');

-- How far a bus was watched, and what is going on with it: written with the events that follow from it, so that each is
-- published once, whichever process has the bus.
create table bus_watch (
  bus_id uuid primary key,
  tenant_id uuid not null,
  trip_id uuid,
  revision bigint not null,
  -- When the last position that was looked at was measured, and where.
  sample_time timestamptz not null,
  latitude_degrees double precision not null,
  longitude_degrees double precision not null,
  state jsonb not null,
  -- When the bus was heard of, by our clock; and since when it is told as offline.
  seen_time timestamptz not null,
  offline_time timestamptz
);
create index bus_watch_seen on bus_watch (seen_time) where offline_time is null;
select kit_protect('bus_watch');
