-- Our own copy of what companies put on sale, made from company's events. Nothing here is written by a call.

-- Companies of which we heard whether they may sell; the others may.
create table seller (
  tenant_id uuid primary key,
  suspended boolean not null,
  -- Of the event that said so: a suspension and its end may arrive in either order.
  revision bigint not null
);
select kit_protect('seller');

create table trip (
  trip_id uuid primary key,
  tenant_id uuid not null,
  company_name text not null,
  route_name text not null,
  headsign text not null,
  service_date date not null,
  time_zone text not null,
  currency text not null,
  bus_plate text not null,
  -- Of the snapshot that this row was made from; an older one never replaces it.
  revision bigint not null,
  departure_time timestamptz not null,
  arrival_time timestamptz not null,
  -- Seats of each class, e.g. {"STANDARD": 45}: search shows what is left without reading the seats.
  seat_counts jsonb not null
);
select kit_protect('trip');

-- Where a trip stands, apart from the snapshot: state changes arrive by events of their own, in any order.
create table trip_state (
  trip_id uuid primary key,
  tenant_id uuid not null,
  revision bigint not null,
  state text not null check (state in ('SCHEDULED', 'BOARDING', 'DEPARTED', 'ARRIVED', 'CANCELLED'))
);
select kit_protect('trip_state');

create table trip_call (
  trip_id uuid not null references trip on delete cascade,
  sequence int not null,
  tenant_id uuid not null,
  service_date date not null,
  stop_id uuid not null,
  stop_name text not null,
  town text not null,
  latitude_degrees float8 not null,
  longitude_degrees float8 not null,
  arrival_seconds int not null,
  departure_seconds int not null,
  arrival_time timestamptz not null,
  departure_time timestamptz not null,
  pickup_allowed boolean not null,
  drop_off_allowed boolean not null,
  primary key (trip_id, sequence)
);
-- Search: who calls here on that day?
create index trip_call_at_stop on trip_call (stop_id, service_date, trip_id, sequence);
select kit_protect('trip_call');

create table trip_seat (
  trip_id uuid not null references trip on delete cascade,
  seat_label text not null,
  tenant_id uuid not null,
  seat_class text not null check (seat_class in ('STANDARD', 'VIP')),
  deck int not null,
  seat_row int not null,
  seat_column int not null,
  primary key (trip_id, seat_label)
);
select kit_protect('trip_seat');

create table trip_fare (
  trip_id uuid not null references trip on delete cascade,
  from_sequence int not null,
  to_sequence int not null check (to_sequence > from_sequence),
  seat_class text not null check (seat_class in ('STANDARD', 'VIP')),
  tenant_id uuid not null,
  price_minor bigint not null check (price_minor > 0),
  primary key (trip_id, from_sequence, to_sequence, seat_class)
);
select kit_protect('trip_fare');

-- Every stop that was ever called at, by the names that passengers may type.
create table place (
  stop_id uuid primary key,
  tenant_id uuid not null,
  stop_name text not null,
  town text not null,
  town_key text not null,
  -- Folded (see domain/fold.ts): the stop's name, its town's, and their other names.
  name_keys text[] not null
);
create index place_name_keys on place using gin (name_keys);
create index place_town_key on place (town_key);
select kit_protect('place');
