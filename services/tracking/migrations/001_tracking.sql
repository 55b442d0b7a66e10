-- Trips as company tells them: the newest snapshot, and where each stands. The two come by different events.
create table trip (
  trip_id uuid primary key,
  tenant_id uuid not null,
  revision bigint not null,
  -- Null while none is chosen.
  bus_id uuid,
  bus_plate text not null,
  departure_time timestamptz not null,
  arrival_time timestamptz not null
);
create index trip_bus on trip (bus_id, departure_time);
select kit_protect('trip');

create table trip_state (
  trip_id uuid primary key,
  tenant_id uuid not null,
  revision bigint not null,
  state text not null check (state in ('SCHEDULED', 'BOARDING', 'DEPARTED', 'ARRIVED', 'CANCELLED')),
  change_time timestamptz not null
);
select kit_protect('trip_state');

-- Who drives what. An assignment that ended stays, so that one that was held up on its way does not come back.
create table driver_assignment (
  assignment_id uuid primary key,
  tenant_id uuid not null,
  trip_id uuid not null,
  driver_user_id uuid not null,
  released boolean not null
);
create index driver_assignment_trip on driver_assignment (trip_id) where not released;
select kit_protect('driver_assignment');

-- Keys of devices that are built into buses.
create table device_key (
  device_key_id uuid primary key,
  tenant_id uuid not null,
  bus_id uuid not null,
  bus_plate text not null,
  name text not null,
  -- SHA-256 of the secret, which has 256 random bits itself.
  secret_hash bytea not null unique,
  create_time timestamptz not null,
  revoke_time timestamptz
);
create index device_key_tenant on device_key (tenant_id, device_key_id);
select kit_protect('device_key');

-- One numbering of positions by one sender for one bus.
create table recording (
  recording_id uuid primary key,
  tenant_id uuid not null,
  bus_id uuid not null,
  -- Null for a device, which goes on from trip to trip.
  trip_id uuid,
  -- One of the two.
  driver_user_id uuid,
  device_key_id uuid,
  create_time timestamptz not null,
  check (num_nonnulls(driver_user_id, device_key_id) = 1)
);
select kit_protect('recording');

-- The history. A partition for each UTC day of measurement, made when the first position of the day comes.
create table position (
  tenant_id uuid not null,
  bus_id uuid not null,
  trip_id uuid,
  recording_id uuid not null,
  sequence bigint not null,
  sample_time timestamptz not null,
  receive_time timestamptz not null,
  latitude_degrees double precision not null,
  longitude_degrees double precision not null,
  accuracy_meters real,
  speed_meters_per_second real,
  heading_degrees real,
  altitude_meters real,
  ignition_on boolean,
  fuel_percent real,
  engine_temperature_celsius real,
  door_open boolean
) partition by range (sample_time);

-- A position that is sent again is in the history once, whatever processes believe.
create unique index position_once on position (recording_id, sequence, sample_time);
create index position_bus on position (bus_id, sample_time, sequence);
create index position_trip on position (trip_id, sample_time, sequence) where trip_id is not null;
select kit_protect('position');

-- Makes the partition of a day. COPY cannot write to a table under row-level security, so it writes to the partition; the
-- service's role may add rows there and do nothing else: reading goes by the table, and so by its protection.
create function make_position_day(day date) returns void
  language plpgsql security definer set search_path from current as $$
  declare
    partition text := 'position_' || to_char(day, 'YYYYMMDD');
    role text := 'tms_' || current_schema();
  begin
    perform pg_advisory_xact_lock(hashtext('make_position_day'));
    if to_regclass(partition) is not null then return; end if;
    execute format('create table %I partition of position for values from (%L) to (%L)',
      partition, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
    execute format('revoke all on %I from %I', partition, role);
    execute format('grant insert on %I to %I', partition, role);
  end $$;

-- Ends the days before one; answers how many there were.
create function end_position_days(before date) returns int
  language plpgsql security definer set search_path from current as $$
  declare
    partition text;
    ended int := 0;
  begin
    for partition in
      select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'position'::regclass and c.relname < 'position_' || to_char(before, 'YYYYMMDD')
    loop
      execute format('drop %s %I', 'table', partition);
      ended := ended + 1;
    end loop;
    return ended;
  end $$;

-- What staff wrote to the driver of a trip.
create table driver_message (
  message_id uuid primary key,
  tenant_id uuid not null,
  trip_id uuid not null,
  text text not null,
  create_time timestamptz not null,
  show_time timestamptz
);
create index driver_message_trip on driver_message (trip_id, create_time);
select kit_protect('driver_message');

-- How far apart the positions of a bus are measured, where that is not the usual.
create table report_interval (
  bus_id uuid primary key,
  tenant_id uuid not null,
  seconds int not null check (seconds between 1 and 600)
);
select kit_protect('report_interval');
