-- Who got on, who did not come, and what scans without a network have found.

-- A passenger who missed the bus has a ticket that is neither void nor good: it can be taken back.
alter table ticket drop constraint ticket_state_check;
alter table ticket add constraint ticket_state_check check (state in ('ISSUED', 'BOARDED', 'VOID', 'NO_SHOW'));
alter table ticket add column no_show_sequence int;
alter table ticket add column no_show_time timestamptz;

-- Sold at the door of the bus: money that comes for it is not late because the bus is.
alter table booking add column door_sale boolean not null default false;

create table boarding_rules (
  tenant_id uuid primary key,
  release_no_shows boolean not null,
  free_luggage_pieces int not null check (free_luggage_pieces between 0 and 20),
  -- Null where nothing of the kind is taken: no fee is not a fee of 0.
  extra_piece_currency text,
  extra_piece_minor bigint check (extra_piece_minor > 0),
  parcel_currency text,
  parcel_minor bigint check (parcel_minor > 0),
  update_user_id uuid not null,
  update_time timestamptz not null,
  check ((extra_piece_currency is null) = (extra_piece_minor is null)),
  check ((parcel_currency is null) = (parcel_minor is null))
);
select kit_protect('boarding_rules');

-- Our own copy of who drives what, made from company's events; they may come in either order.
create table trip_driver (
  assignment_id uuid primary key,
  tenant_id uuid not null,
  trip_id uuid not null,
  driver_user_id uuid not null,
  released boolean not null
);
create index trip_driver_of_trip on trip_driver (trip_id);
select kit_protect('trip_driver');

-- Stops that the crew says the bus has left.
create table stop_departure (
  trip_id uuid not null,
  sequence int not null,
  tenant_id uuid not null,
  leave_time timestamptz not null,
  -- Null when the company reported the trip as departed.
  user_id uuid,
  primary key (trip_id, sequence)
);
select kit_protect('stop_departure');

create table passenger_note (
  booking_id uuid not null,
  position int not null,
  tenant_id uuid not null,
  note text not null,
  update_user_id uuid not null,
  update_time timestamptz not null,
  primary key (booking_id, position),
  foreign key (booking_id, position) references passenger
);
select kit_protect('passenger_note');

-- Scans that devices made without a network, as they were uploaded: each once.
create table scan (
  tenant_id uuid not null,
  scan_id uuid not null,
  trip_id uuid not null,
  ticket_id uuid not null,
  stop_sequence int not null,
  device_id text not null,
  user_id uuid not null,
  by_hand boolean not null,
  result text not null check (result in
    ('BOARDED', 'DOUBLE', 'VOID', 'SEAT_RESOLD', 'WRONG_TRIP', 'WRONG_LEG', 'FORGED')),
  -- As the device says, which is not believed.
  device_time timestamptz not null,
  receive_time timestamptz not null,
  primary key (tenant_id, scan_id)
);
create index scan_of_ticket on scan (ticket_id);
select kit_protect('scan');
select kit_append_only('scan');

-- What of them should not have boarded. The first scan is told as it was known when the second was found.
create table scan_conflict (
  conflict_id uuid primary key,
  tenant_id uuid not null,
  scan_id uuid not null,
  trip_id uuid not null,
  ticket_id uuid not null,
  first_scan_id uuid,
  first_device_id text,
  first_sequence int,
  first_receive_time timestamptz,
  find_time timestamptz not null,
  unique (tenant_id, scan_id),
  foreign key (tenant_id, scan_id) references scan
);
create index scan_conflict_of_company on scan_conflict (tenant_id, find_time, conflict_id);
select kit_protect('scan_conflict');
select kit_append_only('scan_conflict');
