-- The whole chart of accounts, and every kind of entry; `domain/books.ts` says the same, and a test holds them together.
create function is_account_kind(kind text) returns boolean
  language sql immutable parallel safe as $$
    select kind in (
      'PROVIDER_CLEARING', 'CASH', 'TENANT_PAYABLE', 'PLATFORM_FEE', 'REFUNDS_PENDING', 'SUSPENSE', 'AGENT_FLOAT',
      'DRIVER_WALLET', 'TAX_PAYABLE', 'PROVIDER_FEES', 'PAYOUTS_PENDING', 'BANK', 'COMMISSION_EXPENSE',
      'RECONCILIATION_DIFFERENCE')
  $$;

alter table journal_transfer
  drop constraint journal_transfer_accounts_known,
  add constraint journal_transfer_accounts_known check (is_account_kind(debit_kind) and is_account_kind(credit_kind)),
  drop constraint journal_transfer_kind_check,
  add constraint journal_transfer_kind_check check (kind in (
      'CAPTURE', 'REFUND_PROMISED', 'REFUND_SETTLED', 'REFUND_RELEASED', 'PAYOUT_PROMISED', 'PAYOUT_SETTLED',
      'PAYOUT_RELEASED', 'PROVIDER_FEE', 'RECONCILIATION', 'ADJUSTMENT', 'REVERSAL', 'TRANSFER')),
  -- Entries that no payment made; and entries of the platform alone, which only the platform sees.
  alter column payment_intent_id drop not null,
  alter column tenant_id drop not null;
