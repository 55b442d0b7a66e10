-- Somebody whom a company's money may be sent to.
create table payee (
  payee_id uuid primary key,
  tenant_id uuid not null,
  kind text not null check (kind in ('COMPANY', 'AGENT', 'DRIVER')),
  -- Whose account of the books pays: the agent's or driver's user, or the company.
  holder_id uuid not null,
  display_name text not null,
  create_time timestamptz not null,
  constraint payee_company_is_tenant check (kind <> 'COMPANY' or holder_id = tenant_id)
);
create index payee_newest on payee (tenant_id, payee_id desc);
select kit_protect('payee');

-- Where a payee's money goes: put forward by one person, approved by another. A change is a further row.
create table payee_account (
  account_id uuid primary key,
  payee_id uuid not null references payee,
  tenant_id uuid not null,
  provider text not null,
  account text not null,
  -- What the provider says about it.
  holder_name text not null,
  verified boolean not null,
  state text not null check (state in ('PROPOSED', 'APPROVED', 'REJECTED')),
  maker_user_id uuid not null,
  checker_user_id uuid,
  -- Payouts go there from then on: a changed account cools down, so that its owner can object.
  usable_time timestamptz,
  create_time timestamptz not null,
  constraint payee_account_two_people check (checker_user_id <> maker_user_id),
  constraint payee_account_decided check ((state = 'PROPOSED') = (checker_user_id is null)),
  constraint payee_account_usable check ((state = 'APPROVED') = (usable_time is not null))
);
create unique index payee_account_one_proposed on payee_account (payee_id) where state = 'PROPOSED';
create index payee_account_of on payee_account (payee_id, account_id);
select kit_protect('payee_account');

-- Money sent to a payee: written before the provider is called.
create table payout (
  payout_id uuid primary key,
  tenant_id uuid not null,
  payee_id uuid not null references payee,
  account_id uuid not null references payee_account,
  provider text not null,
  account text not null,
  -- The account of the books that pays.
  source_kind text not null check (source_kind in ('TENANT_PAYABLE', 'AGENT_FLOAT', 'DRIVER_WALLET')),
  source_holder text not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  -- What was due when it was asked for.
  due_minor bigint not null,
  remark text not null,
  state text not null,
  maker_user_id uuid not null,
  checker_user_id uuid,
  -- The day whose limits it counts against.
  cap_day date not null,
  callback_token text not null unique,
  request_reference text,
  -- The id of our latest question about it.
  inquiry_reference text,
  receipt text,
  failure_code text,
  -- Whether the provider may have taken it: from then on only the provider's word about it can fail it.
  maybe_taken boolean not null default false,
  send_count int not null default 0,
  query_count int not null default 0,
  -- When it is sent or asked about next; null when nothing is left to do, or a person must decide.
  next_action_time timestamptz,
  cause text not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  settle_time timestamptz,
  constraint payout_two_people check (checker_user_id <> maker_user_id),
  constraint payout_approved check (state in ('AWAITING_APPROVAL', 'CANCELLED') or checker_user_id is not null),
  constraint payout_request_once unique (provider, request_reference)
);
create index payout_newest on payout (tenant_id, payout_id desc);
create index payout_source on payout (tenant_id, source_kind, source_holder, currency, payout_id desc);
create index payout_due_now on payout (next_action_time) where next_action_time is not null;
select kit_protect('payout');

create function remember_payout_state() returns trigger language plpgsql as $$
  begin
    insert into state_change (entity, entity_id, tenant_id, from_state, to_state, cause, change_time)
    values ('PAYOUT', new.payout_id, new.tenant_id,
            case tg_op when 'UPDATE' then old.state end, new.state, new.cause, new.update_time);
    return null;
  end $$;
create trigger payout_born after insert on payout
  for each row execute function remember_payout_state();
create trigger payout_moved after update on payout
  for each row when (old.state is distinct from new.state) execute function remember_payout_state();

-- What an account of the books owes its holder. A company that holds cash of its passengers has had that much already.
create function due_from(tenant uuid, source_kind text, source_holder text, wanted_currency text) returns bigint
  language sql stable as $$
    select coalesce(sum(
      case when (credit_kind, credit_holder) = (source_kind, source_holder) then amount_minor else 0 end
      - case when (debit_kind, debit_holder) = (source_kind, source_holder) then amount_minor else 0 end
      - case when source_kind = 'TENANT_PAYABLE' and debit_kind = 'CASH' then amount_minor else 0 end
      + case when source_kind = 'TENANT_PAYABLE' and credit_kind = 'CASH' then amount_minor else 0 end), 0)::bigint
    from journal_transfer where tenant_id = tenant and currency = wanted_currency
  $$;

-- Never more than is due. Payouts of one account are judged one after the other; sales do not wait for them.
create function refuse_payout_beyond_due() returns trigger language plpgsql as $$
  begin
    perform lock_payouts_of(new.tenant_id, new.source_kind, new.source_holder, new.currency);
    if new.amount_minor > due_from(new.tenant_id, new.source_kind, new.source_holder, new.currency) then
      raise exception 'more than is due' using errcode = 'check_violation', constraint = 'payout_within_due';
    end if;
    return new;
  end $$;
create function lock_payouts_of(tenant uuid, source_kind text, source_holder text, wanted_currency text) returns void
  language sql as $$
    select pg_advisory_xact_lock(
      hashtextextended(concat_ws('/', 'payout', tenant, source_kind, source_holder, wanted_currency), 0))
  $$;
create trigger payout_within_due before insert on payout
  for each row execute function refuse_payout_beyond_due();

-- How the amount of a payout comes about: lines that add up to it.
create table payout_item (
  payout_id uuid not null references payout,
  line smallint not null,
  tenant_id uuid not null,
  kind text not null,
  -- Since the statement before; what is taken off is negative.
  amount_minor bigint not null,
  -- Since the beginning.
  total_minor bigint not null,
  primary key (payout_id, line)
);
select kit_protect('payout_item');
select kit_append_only('payout_item');

create function refuse_wrong_sum() returns trigger language plpgsql as $$
  begin
    if (select amount_minor from payout where payout_id = new.payout_id) is distinct from
       (select sum(amount_minor)::bigint from payout_item where payout_id = new.payout_id) then
      raise exception 'the lines of the statement do not add up to the payout'
        using errcode = 'check_violation', constraint = 'payout_adds_up';
    end if;
    return null;
  end $$;
create constraint trigger payout_adds_up after insert or update of amount_minor on payout
  deferrable initially deferred for each row execute function refuse_wrong_sum();
create constraint trigger payout_item_adds_up after insert on payout_item
  deferrable initially deferred for each row execute function refuse_wrong_sum();

-- What a company, and the platform as a whole, may pay out on one day: counted in rows that nothing can pass.
create table payout_day (
  cap_day date not null,
  -- A company's id, or `platform`.
  holder text not null,
  currency text not null,
  cap_minor bigint not null,
  used_minor bigint not null,
  primary key (cap_day, holder, currency),
  constraint payout_day_within_cap check (used_minor between 0 and cap_minor)
);

-- Staff give money back too: above their limit another person approves it.
alter table payment_refund
  add column maker_user_id uuid,
  add column checker_user_id uuid,
  add constraint payment_refund_two_people check (checker_user_id <> maker_user_id);
create index payment_refund_newest on payment_refund (tenant_id, refund_id desc);

-- domain/states.ts, once more, with what was added to it.
alter table state_change drop constraint state_change_allowed;
alter table state_change add constraint state_change_allowed check (
  case
    when from_state is null then (entity, to_state) in (
      ('INTENT', 'REQUIRES_PAYMENT'), ('ATTEMPT', 'CREATED'), ('ATTEMPT', 'RETRYING'), ('REFUND', 'CREATED'),
      ('REFUND', 'AWAITING_APPROVAL'), ('PAYOUT', 'AWAITING_APPROVAL'))
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
      ('REFUND', 'UNKNOWN', 'FAILED'),
      ('PAYOUT', 'AWAITING_APPROVAL', 'APPROVED'),
      ('PAYOUT', 'AWAITING_APPROVAL', 'REJECTED'),
      ('PAYOUT', 'AWAITING_APPROVAL', 'CANCELLED'),
      ('PAYOUT', 'APPROVED', 'SENDING'),
      ('PAYOUT', 'APPROVED', 'CANCELLED'),
      ('PAYOUT', 'SENDING', 'PENDING'),
      ('PAYOUT', 'SENDING', 'RETRYING'),
      ('PAYOUT', 'SENDING', 'UNKNOWN'),
      ('PAYOUT', 'SENDING', 'SUCCEEDED'),
      ('PAYOUT', 'SENDING', 'FAILED'),
      ('PAYOUT', 'RETRYING', 'SENDING'),
      ('PAYOUT', 'RETRYING', 'SUCCEEDED'),
      ('PAYOUT', 'RETRYING', 'FAILED'),
      ('PAYOUT', 'PENDING', 'SUCCEEDED'),
      ('PAYOUT', 'PENDING', 'FAILED'),
      ('PAYOUT', 'PENDING', 'RETRYING'),
      ('PAYOUT', 'PENDING', 'UNKNOWN'),
      ('PAYOUT', 'UNKNOWN', 'PENDING'),
      ('PAYOUT', 'UNKNOWN', 'RETRYING'),
      ('PAYOUT', 'UNKNOWN', 'SUCCEEDED'),
      ('PAYOUT', 'UNKNOWN', 'FAILED'),
      ('REFUND', 'AWAITING_APPROVAL', 'CREATED'),
      ('REFUND', 'AWAITING_APPROVAL', 'SUCCEEDED'),
      ('REFUND', 'AWAITING_APPROVAL', 'REJECTED'))
  end);
