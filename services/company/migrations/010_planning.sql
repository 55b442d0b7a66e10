-- Plans that can be driven: turns, rest, licences, delays, and who changed what.

-- By how much a trip was moved from what its schedule says; `start_seconds` stays what makes it one and the same departure.
alter table trip add column shift_seconds int not null default 0;
-- How late it is expected; the times stay those of the timetable.
alter table trip add column delay_minutes int not null default 0 check (delay_minutes between 0 and 1440);
alter table trip add column delay_reason text not null default '';
-- Until when the bus is not free after it has arrived; null in rows that know of no turn.
alter table trip add column turn_end_time timestamptz check (turn_end_time >= arrival_time);

-- A bus is in one place at a time, its turn included.
alter table trip drop constraint trip_bus_free;
alter table trip add constraint trip_bus_free exclude using gist
  (tenant_id with =, bus_id with =, tstzrange(departure_time, coalesce(turn_end_time, arrival_time)) with &&)
  where (bus_id is not null and state in ('SCHEDULED', 'BOARDING', 'DEPARTED'));
create index trip_of_bus on trip (tenant_id, bus_id, departure_time) where bus_id is not null;

-- Parts of the year with weekdays of their own.
alter table calendar add column seasons jsonb not null default '[]';

create table planning_rules (
  tenant_id uuid primary key,
  min_turn_minutes int not null check (min_turn_minutes >= 0),
  min_break_minutes int not null check (min_break_minutes >= 0),
  min_rest_minutes int not null check (min_rest_minutes >= 0),
  max_duty_minutes int not null check (max_duty_minutes >= 0),
  licence_required boolean not null,
  licence_classes text[] not null,
  update_time timestamptz not null
);
select kit_protect('planning_rules');

create table driver_licence (
  tenant_id uuid not null,
  licence_id uuid not null,
  driver_user_id uuid not null,
  licence_class text not null,
  -- The number itself is not kept: a slow hash, salted by the company, tells whether two are the same.
  number_hash bytea not null,
  masked_number text not null,
  valid_from_date date not null,
  valid_to_date date not null check (valid_to_date >= valid_from_date),
  create_time timestamptz not null,
  update_time timestamptz not null,
  primary key (tenant_id, licence_id),
  -- Numbers are drivers': another driver's licence is a mistake or worse.
  constraint driver_licence_of_one exclude using gist
    (tenant_id with =, number_hash with =, driver_user_id with <>)
);
create index driver_licence_by_end on driver_licence (tenant_id, valid_to_date, licence_id);
create index driver_licence_of_driver on driver_licence (tenant_id, driver_user_id);
select kit_protect('driver_licence');

-- The history of every plan: written by the tables themselves, so that no code can forget it.
create table plan_change (
  tenant_id uuid not null,
  change_id bigint generated always as identity,
  subject text not null,
  subject_id uuid not null,
  trip_id uuid,
  -- Null when the suite did it by itself.
  user_id uuid,
  created boolean not null,
  old_values jsonb not null,
  new_values jsonb not null,
  change_time timestamptz not null,
  primary key (tenant_id, change_id)
);
create index plan_change_of_subject on plan_change (tenant_id, subject_id, change_id);
create index plan_change_of_trip on plan_change (tenant_id, trip_id, change_id) where trip_id is not null;
select kit_protect('plan_change');
select kit_append_only('plan_change');

-- Arguments: what the change is about, and the column of its id.
create function remember_plan_change() returns trigger language plpgsql as $$
  declare
    silent constant text[] := array['tenant_id', 'revision', 'create_time', 'update_time', 'turn_end_time', 'number_hash'];
    was constant jsonb := case tg_op when 'UPDATE' then to_jsonb(old) - silent else '{}' end;
    now_is constant jsonb := to_jsonb(new) - silent;
    whole constant jsonb := to_jsonb(new);
    changed jsonb;
  begin
    select jsonb_object_agg(key, value) into changed
      from jsonb_each(now_is) where was -> key is distinct from value;
    if changed is null then
      return null;
    end if;
    insert into plan_change (tenant_id, subject, subject_id, trip_id, user_id, created, old_values, new_values, change_time)
    values (new.tenant_id, tg_argv[0], (whole ->> tg_argv[1])::uuid, (whole ->> 'trip_id')::uuid,
      nullif(current_setting('app.user', true), '')::uuid, tg_op = 'INSERT',
      (select coalesce(jsonb_object_agg(key, was -> key), '{}') from jsonb_object_keys(changed) as key where was ? key),
      changed,
      coalesce(whole ->> 'update_time', whole ->> 'release_time', whole ->> 'assign_time')::timestamptz);
    return null;
  end $$;

-- Trips are made by the thousand, from schedules that are remembered themselves: only what is done to one is.
create trigger trip_changed after update on trip for each row
  when ((old.bus_id, old.layout_id, old.state, old.shift_seconds, old.delay_minutes, old.delay_reason)
    is distinct from (new.bus_id, new.layout_id, new.state, new.shift_seconds, new.delay_minutes, new.delay_reason))
  execute function remember_plan_change('TRIP', 'trip_id');
create trigger driver_assignment_changed after insert or update on driver_assignment
  for each row execute function remember_plan_change('DRIVER_ASSIGNMENT', 'assignment_id');
create trigger schedule_changed after insert or update on schedule
  for each row execute function remember_plan_change('SCHEDULE', 'schedule_id');
create trigger calendar_changed after insert or update on calendar
  for each row execute function remember_plan_change('CALENDAR', 'calendar_id');
create trigger bus_changed after update on bus
  for each row execute function remember_plan_change('BUS', 'bus_id');
create trigger driver_licence_changed after insert or update on driver_licence
  for each row execute function remember_plan_change('DRIVER_LICENCE', 'licence_id');
create trigger planning_rules_changed after insert or update on planning_rules
  for each row execute function remember_plan_change('PLANNING_RULES', 'tenant_id');
