-- The terms that companies sell under, made from company's events: every version, as bookings keep the one they were sold under.
create table sales_terms (
  tenant_id uuid not null,
  version bigint not null,
  terms jsonb not null,
  primary key (tenant_id, version)
);
select kit_protect('sales_terms');
select kit_append_only('sales_terms');

alter table booking
  add column sales_channel text not null default 'WEB' check (sales_channel in ('WEB', 'COUNTER', 'AGENT')),
  -- 0 for a company that had set none.
  add column terms_version bigint not null default 0,
  -- A voucher may be worth the whole price: then nothing is to be paid.
  drop constraint booking_total_minor_check,
  add constraint booking_total_minor_check check (total_minor >= 0);

alter table passenger
  add column age_group text not null default 'ADULT' check (age_group in ('ADULT', 'CHILD', 'STUDENT', 'SENIOR')),
  add column residency text check (residency in ('RESIDENT', 'VISITOR')),
  -- How the price came about; empty where it is the fare and nothing else.
  add column price_lines jsonb not null default '[]';

-- What signs quotes, so that a price can be held without a row for everybody who looks.
create table quote_key (
  secret bytea not null
);
insert into quote_key select sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea);
