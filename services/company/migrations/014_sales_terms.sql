-- The terms that companies sell under: every version, as it was set (a tms.company.v1.Terms in its binary form).
create table sales_terms (
  tenant_id uuid not null references company,
  version bigint not null check (version >= 1),
  terms bytea not null,
  set_time timestamptz not null,
  set_user_id uuid not null,
  -- Of two who set the same version at the same time one is refused.
  constraint sales_terms_version primary key (tenant_id, version)
);
select kit_protect('sales_terms');
select kit_append_only('sales_terms');
