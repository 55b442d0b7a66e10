-- Another bus on a trip that had one: for good, and by whom.
create table bus_swap (
  tenant_id uuid not null,
  swap_id uuid not null,
  trip_id uuid not null,
  old_bus_id uuid not null,
  new_bus_id uuid not null,
  reason text not null,
  swap_user_id uuid not null,
  swap_time timestamptz not null,
  primary key (tenant_id, swap_id),
  foreign key (tenant_id, trip_id) references trip,
  foreign key (tenant_id, old_bus_id) references bus,
  foreign key (tenant_id, new_bus_id) references bus
);
create index bus_swap_of_trip on bus_swap (tenant_id, trip_id, swap_time desc);
select kit_protect('bus_swap');
select kit_append_only('bus_swap');
