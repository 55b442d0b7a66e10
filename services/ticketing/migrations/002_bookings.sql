-- Bookings, the seats they claim, their tickets, and the money that goes back.

create table booking (
  booking_id uuid primary key,
  tenant_id uuid not null,
  user_id uuid not null,
  booking_code text not null constraint booking_code_key unique,
  trip_id uuid not null references trip,
  from_sequence int not null,
  to_sequence int not null check (to_sequence > from_sequence),
  -- Departure from the passenger's stop as it was when the seats were held: what lists are sorted by.
  departure_time timestamptz not null,
  state text not null check (state in ('HELD', 'CONFIRMED', 'EXPIRED', 'RELEASED', 'CANCELLED')),
  seat_count int not null check (seat_count between 1 and 8),
  phone text not null,
  email text not null,
  language text not null,
  currency text not null,
  total_minor bigint not null check (total_minor > 0),
  payment_intent_id uuid not null,
  -- The fencing token of the claims that this booking stands on: claims of an older one are not its own any more.
  fence bigint not null,
  hold_expire_time timestamptz not null,
  create_time timestamptz not null,
  confirm_time timestamptz,
  cancel_time timestamptz,
  cancel_cause text check (cancel_cause in ('PASSENGER', 'COMPANY', 'TRIP')),
  cancel_reason text not null default ''
);
create index booking_of_user on booking (user_id, departure_time, booking_id);
create index booking_on_trip on booking (trip_id) where state in ('HELD', 'CONFIRMED');
create index booking_to_expire on booking (hold_expire_time) where state = 'HELD';
select kit_protect('booking', 'user_id');

create table passenger (
  booking_id uuid not null references booking,
  position int not null,
  tenant_id uuid not null,
  user_id uuid not null,
  name text not null,
  seat_label text not null,
  seat_class text not null check (seat_class in ('STANDARD', 'VIP')),
  price_minor bigint not null,
  primary key (booking_id, position)
);
select kit_protect('passenger', 'user_id');

-- Fencing tokens: the later claim of a seat has the higher number, because it is drawn while the seat's row is locked.
create sequence seat_fence;

create table seat_claim (
  claim_id uuid primary key,
  tenant_id uuid not null,
  trip_id uuid not null,
  seat_label text not null,
  seat_class text not null,
  -- Leg i runs from call i to call i+1: from call 0 to call 3 is [0,3).
  legs int4range not null check (not isempty(legs)),
  booking_id uuid not null references booking,
  fence bigint not null,
  -- Until when it is held; null once it is sold.
  hold_expire_time timestamptz,
  release_time timestamptz
);
-- A seat is sold at most once on every leg of a trip.
alter table seat_claim add constraint seat_claim_no_overlap
  exclude using gist (trip_id with =, seat_label with =, legs with &&) where (release_time is null);
create index seat_claim_of_booking on seat_claim (booking_id);
select kit_protect('seat_claim');

create table ticket (
  ticket_id uuid primary key,
  tenant_id uuid not null,
  user_id uuid not null,
  booking_id uuid not null,
  position int not null,
  trip_id uuid not null,
  code text not null,
  state text not null check (state in ('ISSUED', 'BOARDED', 'VOID')),
  issue_time timestamptz not null,
  board_time timestamptz,
  board_sequence int,
  board_device text,
  scan_id uuid,
  foreign key (booking_id, position) references passenger,
  -- A passenger has one ticket.
  constraint ticket_of_passenger unique (booking_id, position)
);
create index ticket_on_trip on ticket (trip_id);
select kit_protect('ticket', 'user_id');

create table refund (
  refund_id uuid primary key,
  tenant_id uuid not null,
  user_id uuid not null,
  booking_id uuid not null references booking,
  -- The money of a payment goes back at most once.
  payment_intent_id uuid not null constraint refund_of_payment unique,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  reason text not null,
  create_time timestamptz not null,
  -- When the payment service took it; the job `send-refunds` asks until then.
  send_time timestamptz,
  settle_time timestamptz
);
create index refund_of_booking on refund (booking_id);
create index refund_to_send on refund (create_time) where send_time is null;
select kit_protect('refund', 'user_id');
