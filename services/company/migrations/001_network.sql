-- Where a company drives, with what, and what a ride costs.
--
-- Keys begin with tenant_id, and so do the references: a row can only point at rows of its own company, whatever the
-- code above does. (References are checked past row-level security.)

create table company (
  tenant_id uuid primary key,
  slug text not null,
  name text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  time_zone text not null,
  -- The tenant service's revision of what is copied here: old news never replaces newer.
  revision bigint not null
);
select kit_protect('company');

create table seat_layout (
  tenant_id uuid not null,
  layout_id uuid not null,
  name text not null,
  version int not null check (version >= 1),
  replaced_layout_id uuid,
  current boolean not null,
  create_time timestamptz not null,
  primary key (tenant_id, layout_id),
  foreign key (tenant_id, replaced_layout_id) references seat_layout,
  -- A version is replaced once: two revisions at the same time do not both win.
  constraint seat_layout_replaced_once unique (tenant_id, replaced_layout_id)
);
select kit_protect('seat_layout');

create table seat (
  tenant_id uuid not null,
  layout_id uuid not null,
  label text not null,
  seat_class text not null check (seat_class in ('STANDARD', 'VIP')),
  deck int not null,
  seat_row int not null,
  seat_column int not null,
  primary key (tenant_id, layout_id, label),
  constraint seat_place unique (tenant_id, layout_id, deck, seat_row, seat_column),
  foreign key (tenant_id, layout_id) references seat_layout
);
select kit_protect('seat');

create table bus (
  tenant_id uuid not null,
  bus_id uuid not null,
  plate text not null,
  name text not null,
  layout_id uuid not null,
  state text not null check (state in ('ACTIVE', 'IN_WORKSHOP', 'RETIRED')),
  create_time timestamptz not null,
  update_time timestamptz not null,
  primary key (tenant_id, bus_id),
  constraint bus_plate unique (tenant_id, plate),
  foreign key (tenant_id, layout_id) references seat_layout
);
select kit_protect('bus');

create table stop (
  tenant_id uuid not null,
  stop_id uuid not null,
  name text not null,
  code text not null,
  town text not null,
  other_names text[] not null,
  latitude_degrees double precision not null check (latitude_degrees between -90 and 90),
  longitude_degrees double precision not null check (longitude_degrees between -180 and 180),
  parent_stop_id uuid,
  gtfs_stop_id text not null,
  -- Names, town and other names with case and accents folded.
  search_text text not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  primary key (tenant_id, stop_id),
  foreign key (tenant_id, parent_stop_id) references stop deferrable initially deferred
);
create index stop_by_name on stop (tenant_id, name, stop_id);
select kit_protect('stop');

create table route (
  tenant_id uuid not null,
  route_id uuid not null,
  name text not null,
  short_name text not null,
  gtfs_route_id text not null,
  search_text text not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  primary key (tenant_id, route_id)
);
create index route_by_name on route (tenant_id, short_name, name, route_id);
select kit_protect('route');

create table pattern (
  tenant_id uuid not null,
  pattern_id uuid not null,
  route_id uuid not null,
  position int not null,
  headsign text not null,
  direction int not null check (direction in (0, 1)),
  path_polyline text not null,
  primary key (tenant_id, pattern_id),
  foreign key (tenant_id, route_id) references route
);
create index pattern_by_route on pattern (tenant_id, route_id, position);
select kit_protect('pattern');

create table pattern_stop (
  tenant_id uuid not null,
  pattern_id uuid not null,
  sequence int not null check (sequence >= 0),
  stop_id uuid not null,
  distance_meters int not null check (distance_meters >= 0),
  duration_seconds int not null check (duration_seconds >= 0),
  primary key (tenant_id, pattern_id, sequence),
  foreign key (tenant_id, pattern_id) references pattern on delete cascade,
  foreign key (tenant_id, stop_id) references stop
);
create index pattern_stop_by_stop on pattern_stop (tenant_id, stop_id);
select kit_protect('pattern_stop');

create table fare (
  tenant_id uuid not null,
  fare_id uuid not null,
  from_stop_id uuid not null,
  to_stop_id uuid not null,
  seat_class text not null check (seat_class in ('STANDARD', 'VIP')),
  currency text not null,
  price_minor bigint not null check (price_minor > 0),
  valid_from_date date not null,
  valid_to_date date,
  state text not null check (state in ('ACTIVE', 'WITHDRAWN')),
  source text not null,
  create_time timestamptz not null,
  withdraw_time timestamptz,
  primary key (tenant_id, fare_id),
  foreign key (tenant_id, from_stop_id) references stop,
  foreign key (tenant_id, to_stop_id) references stop,
  check (from_stop_id <> to_stop_id),
  check (valid_to_date >= valid_from_date),
  check ((state = 'WITHDRAWN') = (withdraw_time is not null))
);
-- On a day the fare that began last counts; two that begin on one day would leave that open.
create unique index fare_one_a_day on fare (tenant_id, from_stop_id, to_stop_id, seat_class, valid_from_date)
  where state = 'ACTIVE';
create index fare_by_ride on fare (tenant_id, from_stop_id, to_stop_id, seat_class, valid_from_date desc, fare_id);
select kit_protect('fare');

-- A network that is being handed over in parts; nothing of it counts before it is applied.
create table network_import (
  tenant_id uuid not null,
  import_id uuid not null,
  source text not null,
  create_time timestamptz not null,
  apply_time timestamptz,
  changes jsonb,
  primary key (tenant_id, import_id)
);
select kit_protect('network_import');

create table network_import_part (
  tenant_id uuid not null,
  import_id uuid not null,
  part_number int not null,
  content bytea not null,
  primary key (tenant_id, import_id, part_number),
  foreign key (tenant_id, import_id) references network_import on delete cascade
);
select kit_protect('network_import_part');
