-- What passengers should know, as staff wrote it.
create table alert (
  alert_id uuid primary key,
  tenant_id uuid not null,
  -- An AlertContent in ProtoJSON; its times are these.
  content jsonb not null,
  start_time timestamptz not null,
  -- Null until it is known.
  end_time timestamptz,
  create_time timestamptz not null
);
create index alert_tenant on alert (tenant_id, alert_id);
select kit_protect('alert');

-- Where another system says where a company's buses are, and what became of it when it was read last.
create table vehicle_feed (
  tenant_id uuid primary key,
  url text not null,
  read_time timestamptz,
  success_time timestamptz,
  -- Empty when the last reading was good.
  fault text not null default '',
  fault_detail text not null default '',
  -- A VehicleFeedCounts in ProtoJSON, of the last good reading.
  counts jsonb not null default '{}'
);
select kit_protect('vehicle_feed');

-- A vehicle of a feed records as well: it is named as its feed names it.
alter table recording add column feed_vehicle text;
alter table recording drop constraint recording_check;
alter table recording add constraint recording_sender
  check (num_nonnulls(driver_user_id, device_key_id, feed_vehicle) = 1);

-- The runs of a schedule, by which a feed names what its vehicles do.
create index trip_schedule on trip (tenant_id, schedule_id, departure_time) where schedule_id is not null;
