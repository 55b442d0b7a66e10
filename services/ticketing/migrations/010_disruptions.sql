-- Trips that are late or do not run.

-- How late a trip is, by the newest word of its company.
alter table trip_state add column delay_minutes int not null default 0 check (delay_minutes >= 0);
alter table trip_state add column delay_reason text not null default '';
alter table trip_state add column delay_revision bigint not null default 0;

-- What the passenger of a cancelled trip is asked, and what came of it.
create table trip_choice (
  choice_id uuid primary key,
  -- In the order they were asked.
  number bigint generated always as identity,
  tenant_id uuid not null,
  user_id uuid not null,
  booking_id uuid not null references booking,
  -- The trip that was cancelled.
  trip_id uuid not null,
  -- It takes the other's place once it is chosen, and is held until then.
  replacement_booking_id uuid not null constraint trip_choice_replacement unique references booking,
  reason text not null,
  state text not null check (state in ('OPEN', 'MOVED', 'REFUNDED', 'WITHDRAWN')),
  decider text check (decider in ('PASSENGER', 'CANCELLATION', 'DEADLINE', 'TRIP')),
  deadline_time timestamptz not null,
  create_time timestamptz not null,
  decide_time timestamptz,
  check ((state = 'OPEN') = (decide_time is null)),
  check ((state = 'OPEN') = (decider is null))
);
-- A booking is asked one thing at a time, and ends once: moved or refunded, never both.
create unique index trip_choice_one_open on trip_choice (booking_id) where state = 'OPEN';
create unique index trip_choice_one_end on trip_choice (booking_id) where state in ('MOVED', 'REFUNDED');
create index trip_choice_due on trip_choice (deadline_time) where state = 'OPEN';
create index trip_choice_of_booking on trip_choice (booking_id, number);
create index trip_choice_of_trip on trip_choice (trip_id, number);
select kit_protect('trip_choice', 'user_id');
