-- What one currency is worth in another, set by the platform's staff; never changed, only followed by a newer rate.
create table exchange_rate (
  exchange_rate_id uuid primary key,
  from_currency text not null check (from_currency ~ '^[A-Z]{3}$'),
  to_currency text not null check (to_currency ~ '^[A-Z]{3}$'),
  -- Units of to_currency for one unit of from_currency.
  rate numeric(20, 10) not null check (rate > 0),
  margin_basis_points int not null check (margin_basis_points between 0 and 2000),
  set_by_user_id text not null,
  create_time timestamptz not null,
  expire_time timestamptz not null,
  constraint exchange_rate_two_currencies check (from_currency <> to_currency),
  constraint exchange_rate_lives check (expire_time > create_time)
);
create index exchange_rate_newest on exchange_rate (from_currency, to_currency, create_time desc);
select kit_append_only('exchange_rate');

alter table payment_attempt
  -- The page on which the payer approves, where the provider has one.
  add column approve_url text,
  -- What the provider takes where that is not the amount itself, and the rate that the payer agreed to.
  add column exchange_rate_id uuid references exchange_rate,
  add column provider_currency text,
  add column provider_amount_minor bigint check (provider_amount_minor > 0),
  add constraint payment_attempt_converted check (
    (exchange_rate_id is null) = (provider_currency is null)
    and (provider_currency is null) = (provider_amount_minor is null));

alter table payment_refund
  -- The share of what the provider took.
  add column provider_currency text,
  add column provider_amount_minor bigint check (provider_amount_minor > 0),
  add constraint payment_refund_converted check ((provider_currency is null) = (provider_amount_minor is null));
