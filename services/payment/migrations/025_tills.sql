--! breaking
-- What a company's cash passes through on its way to the safe or the bank. Code of the release before cannot read accounts of
-- these kinds.
create or replace function is_account_kind(kind text) returns boolean
  language sql immutable parallel safe as $$
    select kind in (
      'PROVIDER_CLEARING', 'CASH', 'TENANT_PAYABLE', 'PLATFORM_FEE', 'REFUNDS_PENDING', 'SUSPENSE', 'AGENT_FLOAT',
      'DRIVER_WALLET', 'TAX_PAYABLE', 'PROVIDER_FEES', 'PAYOUTS_PENDING', 'BANK', 'COMMISSION_EXPENSE',
      'RECONCILIATION_DIFFERENCE', 'CASH_DRAWER', 'CASH_SAFE', 'CASH_IN_TRANSIT', 'COMPANY_BANK', 'CASH_EXPENSE',
      'CASH_OVER_SHORT')
  $$;

-- Kinds that hold what a company itself has, or has spent of it: moving money among them changes nothing of what it is owed.
create function is_company_money(kind text) returns boolean
  language sql immutable parallel safe as $$
    select kind in ('CASH', 'CASH_DRAWER', 'CASH_SAFE', 'CASH_IN_TRANSIT', 'COMPANY_BANK', 'CASH_EXPENSE',
      'CASH_OVER_SHORT')
  $$;

create or replace function ledger_tenant(kind text, holder text) returns uuid
  language sql immutable parallel safe as $$
    select case
      when kind in ('CASH', 'TENANT_PAYABLE', 'REFUNDS_PENDING', 'SUSPENSE', 'PAYOUTS_PENDING', 'CASH_SAFE',
                    'CASH_IN_TRANSIT', 'COMPANY_BANK', 'CASH_EXPENSE', 'CASH_OVER_SHORT')
        and holder ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      then holder::uuid
    end
  $$;

create or replace function due_from(tenant uuid, source_kind text, source_holder text, wanted_currency text)
  returns bigint language sql stable as $$
    select coalesce(sum(
      case when (credit_kind, credit_holder) = (source_kind, source_holder) then amount_minor else 0 end
      - case when (debit_kind, debit_holder) = (source_kind, source_holder) then amount_minor else 0 end
      - case when source_kind = 'TENANT_PAYABLE' and is_company_money(debit_kind) then amount_minor else 0 end
      + case when source_kind = 'TENANT_PAYABLE' and is_company_money(credit_kind) then amount_minor else 0 end), 0)::bigint
    from journal_transfer where tenant_id = tenant and currency = wanted_currency
  $$;

alter table ledger_account drop column side;
alter table ledger_account add column side text not null generated always as (
  case when kind in ('PROVIDER_CLEARING', 'CASH', 'PROVIDER_FEES', 'BANK', 'COMMISSION_EXPENSE',
                     'RECONCILIATION_DIFFERENCE', 'CASH_DRAWER', 'CASH_SAFE', 'CASH_IN_TRANSIT', 'COMPANY_BANK',
                     'CASH_EXPENSE', 'CASH_OVER_SHORT') then 'DEBIT' else 'CREDIT' end) stored;

-- Who took the notes of which payment: what a till should hold is worked out from it.
create table cash_collection (
  attempt_id uuid primary key references payment_attempt,
  payment_intent_id uuid not null,
  tenant_id uuid not null,
  collector_user_id uuid not null,
  order_id uuid not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  collect_time timestamptz not null
);
create index cash_collection_of_collector on cash_collection (tenant_id, collector_user_id, collect_time, attempt_id);
select kit_protect('cash_collection');
select kit_append_only('cash_collection');
