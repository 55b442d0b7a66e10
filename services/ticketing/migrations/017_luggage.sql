-- Pieces of luggage and parcels, and what was done with each.
create table luggage_item (
  item_id uuid primary key,
  tenant_id uuid not null,
  -- Pieces that were taken in and are paid together.
  registration_id uuid not null,
  user_id uuid not null,
  kind text not null check (kind in ('LUGGAGE', 'PARCEL')),
  tag_number text not null constraint luggage_tag_number unique,
  tag_code text not null,
  trip_id uuid not null references trip,
  from_sequence int not null,
  to_sequence int not null check (to_sequence > from_sequence),
  -- Of luggage: the passenger.
  booking_id uuid,
  position int,
  -- Of a parcel: who sends it, and who fetches it.
  sender_name text not null default '',
  sender_phone text not null default '',
  recipient_name text not null default '',
  recipient_phone text not null default '',
  recipient_language text not null default '',
  description text not null,
  state text not null check (state in ('REGISTERED', 'LOADED', 'UNLOADED', 'HANDED_OVER', 'LOST', 'CANCELLED')),
  -- Of the whole registration.
  currency text not null,
  fee_minor bigint not null check (fee_minor >= 0),
  -- Null when there is nothing to pay.
  payment_intent_id uuid,
  pay_time timestamptz,
  -- Drawn when a parcel can be fetched; only the recipient is told.
  pickup_code text,
  pickup_failures int not null default 0,
  create_time timestamptz not null,
  check ((kind = 'LUGGAGE') = (booking_id is not null)),
  check ((booking_id is null) = (position is null)),
  check ((payment_intent_id is null) = (fee_minor = 0)),
  foreign key (booking_id, position) references passenger
);
create index luggage_of_trip on luggage_item (trip_id);
create index luggage_of_passenger on luggage_item (booking_id, position);
create index luggage_by_payment on luggage_item (payment_intent_id);
create index luggage_of_registration on luggage_item (registration_id);
select kit_protect('luggage_item');

create table luggage_event (
  event_id uuid primary key,
  tenant_id uuid not null,
  item_id uuid not null references luggage_item,
  move text not null check (move in ('LOAD', 'UNLOAD', 'HAND_OVER', 'LOSE', 'FIND', 'CANCEL')),
  stop_sequence int not null,
  user_id uuid not null,
  device_id text not null,
  note text not null,
  create_time timestamptz not null
);
create index luggage_event_of_item on luggage_event (item_id, create_time);
select kit_protect('luggage_event');
select kit_append_only('luggage_event');
