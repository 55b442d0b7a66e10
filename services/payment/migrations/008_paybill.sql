-- Who pays by hand types the order's reference: the open order of a reference is looked for while the payer waits.
create index payment_intent_reference on payment_intent (order_reference, create_time desc)
  where state in ('REQUIRES_PAYMENT', 'PROCESSING');
