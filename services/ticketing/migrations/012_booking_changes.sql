-- Paid bookings are changed by others that take their place, or rest as open tickets.
alter table booking
  add column replaces_booking_id uuid references booking,
  -- What the booking whose place this one takes was worth, and what the company asked for the change.
  add column credit_minor bigint not null default 0 check (credit_minor >= 0),
  add column fee_minor bigint not null default 0 check (fee_minor >= 0),
  -- Known before the other booking is: it is written in the same transaction.
  add column replaced_by_booking_id uuid references booking deferrable initially deferred,
  add column open_value_minor bigint check (open_value_minor > 0),
  add column open_expire_time timestamptz,
  drop constraint booking_state_check,
  add constraint booking_state_check
    check (state in ('HELD', 'CONFIRMED', 'EXPIRED', 'RELEASED', 'CANCELLED', 'OPEN')),
  drop constraint booking_cancel_cause_check,
  add constraint booking_cancel_cause_check check (cancel_cause in ('PASSENGER', 'COMPANY', 'TRIP', 'CHANGE')),
  add constraint booking_open_has_value
    check (state <> 'OPEN' or (open_value_minor is not null and open_expire_time is not null)),
  -- Who took its place is known of a booking that was changed, and of no other.
  add constraint booking_replaced_by_one
    check ((cancel_cause is not distinct from 'CHANGE') = (replaced_by_booking_id is not null));

-- However often somebody clicks and whatever is paid meanwhile: one booking takes the place of another.
create unique index booking_replaces_once on booking (replaces_booking_id)
  where state in ('HELD', 'CONFIRMED', 'OPEN');

-- Payments of a booking's predecessors whose money it stands on; its own payment is in its row.
create table carried_payment (
  booking_id uuid not null references booking,
  payment_intent_id uuid not null,
  tenant_id uuid not null,
  user_id uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  primary key (booking_id, payment_intent_id)
);
select kit_protect('carried_payment', 'user_id');

-- A payment may stand behind several bookings, one after another; for each of them it goes back at most once.
alter table refund drop constraint refund_of_payment,
  add constraint refund_of_payment unique (payment_intent_id, booking_id);

-- What was done to paid bookings, by whom.
create table booking_change (
  change_id uuid primary key,
  change_number bigint generated always as identity,
  tenant_id uuid not null,
  user_id uuid not null,
  -- Of two bookings that change places the rows are written before the newer one is.
  booking_id uuid not null references booking deferrable initially deferred,
  kind text not null check (kind in ('REPLACED', 'REPLACES', 'OPENED', 'RENAMED', 'TRANSFERRED', 'CLAIMED')),
  change_time timestamptz not null,
  other_booking_id uuid references booking deferrable initially deferred,
  currency text not null,
  fee_minor bigint not null check (fee_minor >= 0),
  due_minor bigint not null check (due_minor >= 0),
  refund_minor bigint not null check (refund_minor >= 0),
  by_staff boolean not null,
  -- Whoever did it; a payment that came has no user.
  actor_user_id uuid
);
create index booking_change_of_booking on booking_change (booking_id, change_number);
select kit_protect('booking_change', 'user_id');
select kit_append_only('booking_change');
