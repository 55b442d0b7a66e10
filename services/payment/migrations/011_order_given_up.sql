-- What is still to be paid for an order, when its owner gives the order up.
create index payment_intent_open_order on payment_intent (order_id)
  where state in ('REQUIRES_PAYMENT', 'PROCESSING');
