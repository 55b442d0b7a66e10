-- A demand for an exact amount, made for one order and paid at most once.
create table payment_intent (
  payment_intent_id uuid primary key,
  tenant_id uuid not null,
  payer_user_id uuid,
  order_id uuid not null,
  order_reference text not null,
  description text not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  captured_minor bigint not null default 0,
  refunded_minor bigint not null default 0,
  state text not null,
  late boolean not null default false,
  -- The latest attempt.
  attempt_id uuid,
  attempt_count int not null default 0,
  revision bigint not null default 1,
  -- What brought it to its state; copied into state_change.
  cause text not null,
  expire_time timestamptz not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  succeed_time timestamptz,
  -- Never more is given back than came in, however many refunds run at once.
  constraint payment_intent_refund_within_capture check (refunded_minor between 0 and captured_minor)
);
create index payment_intent_newest on payment_intent (tenant_id, create_time desc, payment_intent_id desc);
create index payment_intent_expiring on payment_intent (expire_time) where state = 'REQUIRES_PAYMENT';
select kit_protect('payment_intent', 'payer_user_id');

-- One attempt to pay an intent: written before the provider is called.
create table payment_attempt (
  attempt_id uuid primary key,
  payment_intent_id uuid not null references payment_intent,
  tenant_id uuid not null,
  payer_user_id uuid,
  order_id uuid not null,
  order_reference text not null,
  description text not null,
  provider text not null,
  phone text not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  state text not null,
  -- The secret part of the path that the provider calls back on: made for this attempt alone.
  callback_token text not null unique,
  -- The provider's id of the request, e.g. a CheckoutRequestID; unknown until the provider has answered.
  request_reference text,
  receipt text,
  -- The receipt that a callback named which the provider's status query contradicts, and the id of our question about it.
  claimed_receipt text,
  inquiry_reference text,
  failure_reason text,
  failure_code text,
  send_count int not null default 1,
  query_count int not null default 0,
  -- When it is queried or sent next; null when nothing is left to do.
  next_action_time timestamptz,
  cause text not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  settle_time timestamptz,
  constraint payment_attempt_request_once unique (provider, request_reference),
  constraint payment_attempt_receipt_once unique (provider, receipt)
);
-- A second prompt while the first has no outcome could charge twice.
create unique index payment_attempt_one_live on payment_attempt (payment_intent_id)
  where state in ('CREATED', 'RETRYING', 'PENDING', 'UNKNOWN');
create index payment_attempt_due on payment_attempt (next_action_time) where next_action_time is not null;
select kit_protect('payment_attempt', 'payer_user_id');

-- Money given back, by the way that it came: the attempt that it is taken from.
create table payment_refund (
  refund_id uuid primary key,
  payment_intent_id uuid not null references payment_intent,
  attempt_id uuid not null references payment_attempt,
  tenant_id uuid not null,
  order_id uuid not null,
  provider text not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  reason text not null,
  -- True for money that was never owed to the company: a second payment for one order.
  surplus boolean not null,
  -- Refunds of the same attempt before this one: some providers reverse a payment only once.
  earlier_refunds int not null,
  -- Where the money goes back to; empty for cash.
  phone text not null,
  -- The provider's receipt of the payment that is given back.
  paid_receipt text,
  state text not null,
  callback_token text not null unique,
  request_reference text,
  -- The id of our latest question about it.
  inquiry_reference text,
  receipt text,
  failure_code text,
  send_count int not null default 1,
  query_count int not null default 0,
  next_action_time timestamptz,
  cause text not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  settle_time timestamptz,
  constraint payment_refund_request_once unique (provider, request_reference)
);
create index payment_refund_attempt on payment_refund (attempt_id);
create index payment_refund_due on payment_refund (next_action_time) where next_action_time is not null;
select kit_protect('payment_refund');

-- The history of every state: written by the tables themselves, so that no code can forget it.
create table state_change (
  entity text not null,
  entity_id uuid not null,
  change_id bigint generated always as identity,
  tenant_id uuid not null,
  payer_user_id uuid,
  from_state text,
  to_state text not null,
  cause text not null,
  change_time timestamptz not null,
  primary key (entity_id, change_id),
  -- domain/states.ts, once more: here nothing can pass it.
  constraint state_change_allowed check (
    case
      when from_state is null then (entity, to_state) in (
        ('INTENT', 'REQUIRES_PAYMENT'), ('ATTEMPT', 'CREATED'), ('REFUND', 'CREATED'))
      else (entity, from_state, to_state) in (
        ('INTENT', 'REQUIRES_PAYMENT', 'PROCESSING'),
        ('INTENT', 'REQUIRES_PAYMENT', 'EXPIRED'),
        ('INTENT', 'REQUIRES_PAYMENT', 'CANCELLED'),
        ('INTENT', 'PROCESSING', 'SUCCEEDED'),
        ('INTENT', 'PROCESSING', 'REQUIRES_PAYMENT'),
        ('INTENT', 'PROCESSING', 'EXPIRED'),
        ('INTENT', 'PROCESSING', 'CANCELLED'),
        ('INTENT', 'REQUIRES_PAYMENT', 'SUCCEEDED'),
        ('INTENT', 'EXPIRED', 'SUCCEEDED'),
        ('INTENT', 'CANCELLED', 'SUCCEEDED'),
        ('ATTEMPT', 'CREATED', 'PENDING'),
        ('ATTEMPT', 'CREATED', 'RETRYING'),
        ('ATTEMPT', 'CREATED', 'UNKNOWN'),
        ('ATTEMPT', 'CREATED', 'SUCCEEDED'),
        ('ATTEMPT', 'CREATED', 'FAILED'),
        ('ATTEMPT', 'RETRYING', 'CREATED'),
        ('ATTEMPT', 'RETRYING', 'FAILED'),
        ('ATTEMPT', 'PENDING', 'SUCCEEDED'),
        ('ATTEMPT', 'PENDING', 'FAILED'),
        ('ATTEMPT', 'PENDING', 'UNKNOWN'),
        ('ATTEMPT', 'UNKNOWN', 'PENDING'),
        ('ATTEMPT', 'UNKNOWN', 'SUCCEEDED'),
        ('ATTEMPT', 'UNKNOWN', 'FAILED'),
        ('ATTEMPT', 'FAILED', 'SUCCEEDED'),
        ('REFUND', 'CREATED', 'PENDING'),
        ('REFUND', 'CREATED', 'RETRYING'),
        ('REFUND', 'CREATED', 'UNKNOWN'),
        ('REFUND', 'CREATED', 'SUCCEEDED'),
        ('REFUND', 'CREATED', 'FAILED'),
        ('REFUND', 'RETRYING', 'CREATED'),
        ('REFUND', 'RETRYING', 'SUCCEEDED'),
        ('REFUND', 'RETRYING', 'FAILED'),
        ('REFUND', 'PENDING', 'SUCCEEDED'),
        ('REFUND', 'PENDING', 'FAILED'),
        ('REFUND', 'PENDING', 'RETRYING'),
        ('REFUND', 'PENDING', 'UNKNOWN'),
        ('REFUND', 'UNKNOWN', 'PENDING'),
        ('REFUND', 'UNKNOWN', 'RETRYING'),
        ('REFUND', 'UNKNOWN', 'SUCCEEDED'),
        ('REFUND', 'UNKNOWN', 'FAILED'))
    end)
);
select kit_protect('state_change', 'payer_user_id');
select kit_append_only('state_change');

create function remember_intent_state() returns trigger language plpgsql as $$
  begin
    insert into state_change (entity, entity_id, tenant_id, payer_user_id, from_state, to_state, cause, change_time)
    values ('INTENT', new.payment_intent_id, new.tenant_id, new.payer_user_id,
            case tg_op when 'UPDATE' then old.state end, new.state, new.cause, new.update_time);
    return null;
  end $$;
create trigger payment_intent_born after insert on payment_intent
  for each row execute function remember_intent_state();
create trigger payment_intent_moved after update on payment_intent
  for each row when (old.state is distinct from new.state) execute function remember_intent_state();

create function remember_attempt_state() returns trigger language plpgsql as $$
  begin
    insert into state_change (entity, entity_id, tenant_id, payer_user_id, from_state, to_state, cause, change_time)
    values ('ATTEMPT', new.attempt_id, new.tenant_id, new.payer_user_id,
            case tg_op when 'UPDATE' then old.state end, new.state, new.cause, new.update_time);
    return null;
  end $$;
create trigger payment_attempt_born after insert on payment_attempt
  for each row execute function remember_attempt_state();
create trigger payment_attempt_moved after update on payment_attempt
  for each row when (old.state is distinct from new.state) execute function remember_attempt_state();

create function remember_refund_state() returns trigger language plpgsql as $$
  begin
    insert into state_change (entity, entity_id, tenant_id, from_state, to_state, cause, change_time)
    values ('REFUND', new.refund_id, new.tenant_id,
            case tg_op when 'UPDATE' then old.state end, new.state, new.cause, new.update_time);
    return null;
  end $$;
create trigger payment_refund_born after insert on payment_refund
  for each row execute function remember_refund_state();
create trigger payment_refund_moved after update on payment_refund
  for each row when (old.state is distinct from new.state) execute function remember_refund_state();

-- What providers posted, as it came. Belongs to no tenant: whose it is, is known only once it is believed.
create table callback (
  callback_id uuid primary key,
  provider text not null,
  path_token text not null,
  headers jsonb not null,
  body bytea not null,
  source_address text not null,
  receive_time timestamptz not null
);
select kit_append_only('callback');

-- What became of each callback; without an outcome it is still to be handled.
create table callback_handling (
  callback_id uuid primary key references callback,
  outcome text check (outcome in ('SETTLED', 'FAILED', 'DUPLICATE', 'REFUSED', 'ANSWERED', 'AWAITING_INQUIRY')),
  try_count int not null default 0,
  next_try_time timestamptz,
  handle_time timestamptz,
  check ((outcome is null) = (next_try_time is not null))
);
create index callback_handling_due on callback_handling (next_try_time) where next_try_time is not null;

-- Double-entry books. A row moves one amount from one account to another: the same figure stands on both sides, so that
-- no row, and no sum of rows, can be out of balance; there is nothing that a transaction could leave half done.
-- An entry is the rows that share its id. Balances are sums: no account has a row that sales would queue for.
create table journal_transfer (
  entry_id uuid not null,
  line smallint not null,
  tenant_id uuid not null,
  kind text not null check (kind in ('CAPTURE', 'REFUND_PROMISED', 'REFUND_SETTLED', 'REFUND_RELEASED')),
  payment_intent_id uuid not null,
  -- The attempt or refund that made the entry.
  cause_id uuid not null,
  debit_kind text not null,
  debit_holder text not null,
  credit_kind text not null,
  credit_holder text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor > 0),
  post_time timestamptz not null,
  primary key (entry_id, line),
  -- One cause is booked once.
  constraint journal_transfer_once unique (cause_id, kind, line),
  constraint journal_transfer_two_accounts check ((debit_kind, debit_holder) <> (credit_kind, credit_holder)),
  constraint journal_transfer_accounts_known check (
    debit_kind in ('PROVIDER_CLEARING', 'CASH', 'TENANT_PAYABLE', 'PLATFORM_FEE', 'REFUNDS_PENDING', 'SUSPENSE')
    and credit_kind in ('PROVIDER_CLEARING', 'CASH', 'TENANT_PAYABLE', 'PLATFORM_FEE', 'REFUNDS_PENDING', 'SUSPENSE'))
);
create index journal_transfer_newest on journal_transfer (tenant_id, entry_id desc, line);
create index journal_transfer_intent on journal_transfer (payment_intent_id);
select kit_protect('journal_transfer');
select kit_append_only('journal_transfer');
