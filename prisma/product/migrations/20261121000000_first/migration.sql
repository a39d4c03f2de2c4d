-- CreateEnum
CREATE TYPE "order_state" AS ENUM ('REQUESTED', 'SENT', 'UNKNOWN', 'NEEDS_OPERATOR', 'COMPLETED', 'REJECTED', 'FAILED');

-- CreateEnum
CREATE TYPE "refusal_reason" AS ENUM ('CONTRACT_RESTRICTION', 'DEVICE_INCOMPATIBLE', 'UNPAID_BALANCE', 'OTHER');

-- CreateEnum
CREATE TYPE "failure_cause" AS ENUM ('NEVER_SENT', 'NEVER_ARRIVED', 'NOT_MADE');

-- CreateEnum
CREATE TYPE "order_outcome" AS ENUM ('COMPLETED', 'REJECTED', 'FAILED');

-- CreateEnum
CREATE TYPE "kos_word" AS ENUM ('ACCEPTED', 'REFUSED', 'ABSENT', 'SILENT');

-- CreateEnum
CREATE TYPE "decision_result" AS ENUM ('SETTLED', 'REPEATED', 'NOT_FOUND', 'NOT_HELD', 'INVALID', 'CONTRADICTED', 'UNCONFIRMED', 'UNAVAILABLE');

-- CreateEnum
CREATE TYPE "request_refusal" AS ENUM ('NOT_ALLOWED', 'SAME_PRODUCT', 'ALREADY_SCHEDULED', 'STEP_UP_REQUIRED', 'VERSION_CONFLICT', 'IN_PROGRESS', 'UNAVAILABLE');

-- CreateEnum
CREATE TYPE "kos_operation" AS ENUM ('CUSTOMER', 'LINE_STATUS', 'CATALOGUE', 'CHANGE', 'CHANGE_STATUS');

-- CreateEnum
CREATE TYPE "kos_call_outcome" AS ENUM ('PENDING', 'OK', 'REFUSED', 'ABSENT', 'UNCLEAR', 'NOT_SENT');

-- CreateTable
CREATE TABLE "customer" (
    "customer_id" TEXT NOT NULL,
    "sealed_profile" TEXT,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_pkey" PRIMARY KEY ("customer_id")
);

-- CreateTable
CREATE TABLE "customer_line" (
    "line_id" TEXT NOT NULL,
    "customer_id" TEXT,
    "sealed_line_number" TEXT NOT NULL,
    "product_version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "customer_line_pkey" PRIMARY KEY ("line_id")
);

-- CreateTable
CREATE TABLE "kept_answer" (
    "question" TEXT NOT NULL,
    "sealed_answer" TEXT NOT NULL,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "kept_answer_pkey" PRIMARY KEY ("question")
);

-- CreateTable
CREATE TABLE "product_order" (
    "id" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "step_up_id" TEXT,
    "is_key_held" BOOLEAN NOT NULL DEFAULT true,
    "customer_id" TEXT NOT NULL,
    "line_id" TEXT NOT NULL,
    "product_code_before" TEXT NOT NULL,
    "product_code_after" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "requested_date" DATE NOT NULL,
    "state" "order_state" NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "handed_over_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "effective_date" DATE,
    "refusal_reason" "refusal_reason",
    "failure_cause" "failure_cause",
    "due_at" TIMESTAMPTZ(3),
    "looks" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "product_order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_step" (
    "line_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "order_id" TEXT NOT NULL,
    "state" "order_state" NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "order_step_pkey" PRIMARY KEY ("line_id","sequence")
);

-- CreateTable
CREATE TABLE "operator_look" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "looked_at" TIMESTAMPTZ(3) NOT NULL,
    "order_ids" TEXT[],

    CONSTRAINT "operator_look_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operator_decision" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,
    "order_id" TEXT,
    "outcome" "order_outcome" NOT NULL,
    "effective_date" DATE,
    "refusal_reason" "refusal_reason",
    "sealed_evidence" TEXT NOT NULL,
    "is_kos_silence_accepted" BOOLEAN NOT NULL,
    "kos_word" "kos_word",
    "kos_effective_date" DATE,
    "kos_refusal_reason" "refusal_reason",
    "result" "decision_result" NOT NULL,

    CONSTRAINT "operator_decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "qualification" (
    "id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "line_id" TEXT NOT NULL,
    "product_code_before" TEXT NOT NULL,
    "product_code_after" TEXT NOT NULL,
    "is_qualified" BOOLEAN NOT NULL,
    "checks" JSONB NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "qualification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "change_request" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "line_id" TEXT NOT NULL,
    "product_code_before" TEXT,
    "product_code_after" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "order_id" TEXT,
    "refusal" "request_refusal",
    "qualification_id" TEXT,

    CONSTRAINT "change_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "kos_call" (
    "id" TEXT NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "subject_id" TEXT NOT NULL,
    "operation" "kos_operation" NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "responded_at" TIMESTAMPTZ(3),
    "result_code" VARCHAR(10),
    "outcome" "kos_call_outcome" NOT NULL,
    "sealed_exchange" TEXT,

    CONSTRAINT "kos_call_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer_notice" (
    "id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_notice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox_message" (
    "sequence" BIGSERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "ordering_key" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),
    "set_aside_reason" TEXT,
    "given_up_reason" TEXT,

    CONSTRAINT "outbox_message_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "inbox_message" (
    "sequence" BIGSERIAL NOT NULL,
    "consumer" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "ordering_key" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),
    "set_aside_reason" TEXT,
    "given_up_reason" TEXT,

    CONSTRAINT "inbox_message_pkey" PRIMARY KEY ("sequence")
);

-- CreateIndex
CREATE INDEX "customer_fetched_at_idx" ON "customer"("fetched_at");

-- CreateIndex
CREATE INDEX "customer_line_customer_id_idx" ON "customer_line"("customer_id");

-- CreateIndex
CREATE INDEX "kept_answer_fetched_at_idx" ON "kept_answer"("fetched_at");

-- CreateIndex
CREATE INDEX "product_order_customer_id_line_id_requested_at_id_idx" ON "product_order"("customer_id", "line_id", "requested_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "product_order_due_at_idx" ON "product_order"("due_at");

-- CreateIndex
CREATE INDEX "order_step_order_id_idx" ON "order_step"("order_id");

-- CreateIndex
CREATE INDEX "operator_look_user_id_looked_at_idx" ON "operator_look"("user_id", "looked_at");

-- CreateIndex
CREATE INDEX "operator_look_looked_at_idx" ON "operator_look"("looked_at");

-- CreateIndex
CREATE INDEX "operator_decision_order_id_decided_at_idx" ON "operator_decision"("order_id", "decided_at");

-- CreateIndex
CREATE INDEX "operator_decision_user_id_decided_at_idx" ON "operator_decision"("user_id", "decided_at");

-- CreateIndex
CREATE INDEX "operator_decision_decided_at_idx" ON "operator_decision"("decided_at");

-- CreateIndex
CREATE INDEX "qualification_customer_id_line_id_checked_at_idx" ON "qualification"("customer_id", "line_id", "checked_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "change_request_order_id_key" ON "change_request"("order_id");

-- CreateIndex
CREATE INDEX "qualification_checked_at_idx" ON "qualification"("checked_at");

-- CreateIndex
CREATE INDEX "change_request_requested_at_idx" ON "change_request"("requested_at");

-- CreateIndex
CREATE INDEX "change_request_customer_id_line_id_requested_at_idx" ON "change_request"("customer_id", "line_id", "requested_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "kos_call_sequence_key" ON "kos_call"("sequence");

-- CreateIndex
CREATE INDEX "kos_call_requested_at_idx" ON "kos_call"("requested_at");

-- CreateIndex
CREATE INDEX "kos_call_subject_id_sequence_idx" ON "kos_call"("subject_id", "sequence");

-- CreateIndex
CREATE INDEX "customer_notice_customer_id_sent_at_id_idx" ON "customer_notice"("customer_id", "sent_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "customer_notice_order_id_idx" ON "customer_notice"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_message_id_key" ON "outbox_message"("id");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_message_consumer_id_key" ON "inbox_message"("consumer", "id");

-- AddForeignKey
ALTER TABLE "customer_line" ADD CONSTRAINT "customer_line_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("customer_id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_step" ADD CONSTRAINT "order_step_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "product_order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer_notice" ADD CONSTRAINT "customer_notice_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "product_order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- What the schema language cannot say

-- A line has one open change, whoever asks for it and however many ask at once
CREATE UNIQUE INDEX "product_order_one_open_per_line" ON "product_order"("line_id")
  WHERE "state" IN ('REQUESTED', 'SENT', 'UNKNOWN', 'NEEDS_OPERATOR');

-- A user's key names one order
CREATE UNIQUE INDEX "product_order_one_per_key" ON "product_order"("user_id", "external_id") WHERE "is_key_held";

-- A password given once more is good for one order
CREATE UNIQUE INDEX "product_order_one_per_step_up" ON "product_order"("step_up_id") WHERE "is_key_held";

-- An order is sent to KOS at most once
CREATE UNIQUE INDEX "kos_call_one_change_per_order" ON "kos_call"("subject_id") WHERE "operation" = 'CHANGE';

-- Each state has exactly what is true in it
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_was_sent" CHECK (
  CASE "state"
    WHEN 'REQUESTED' THEN "sent_at" IS NULL
    WHEN 'FAILED' THEN true
    ELSE "sent_at" IS NOT NULL
  END
);
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_is_settled"
  CHECK (("state" IN ('COMPLETED', 'REJECTED', 'FAILED')) = ("settled_at" IS NOT NULL));
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_was_handed_over" CHECK (
  CASE "state"
    WHEN 'NEEDS_OPERATOR' THEN "handed_over_at" IS NOT NULL
    WHEN 'COMPLETED' THEN true
    WHEN 'REJECTED' THEN true
    WHEN 'FAILED' THEN true
    ELSE "handed_over_at" IS NULL
  END
);
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_completed"
  CHECK (("state" = 'COMPLETED') = ("effective_date" IS NOT NULL));
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_rejected"
  CHECK (("state" = 'REJECTED') = ("refusal_reason" IS NOT NULL));
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_failed"
  CHECK (("state" = 'FAILED') = ("failure_cause" IS NOT NULL));
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_is_looked_after"
  CHECK (("state" IN ('REQUESTED', 'SENT', 'UNKNOWN', 'NEEDS_OPERATOR')) = ("due_at" IS NOT NULL));
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_lets_go_of_its_key"
  CHECK ("is_key_held" = ("failure_cause" IS DISTINCT FROM 'NEVER_SENT'));

-- What waits for an operator is listed in the order in which it was handed over
CREATE INDEX "product_order_held" ON "product_order"("handed_over_at", "id") WHERE "state" = 'NEEDS_OPERATOR';

-- An order is settled by one decision at most; on an operator's word alone only where it was given, and KOS was silent
CREATE UNIQUE INDEX "operator_decision_one_settles" ON "operator_decision"("order_id") WHERE "result" = 'SETTLED';
ALTER TABLE "operator_decision" ADD CONSTRAINT "operator_decision_is_complete" CHECK (
  "result" IN ('INVALID', 'NOT_FOUND') OR (
    "order_id" IS NOT NULL
    AND ("outcome" = 'COMPLETED') = ("effective_date" IS NOT NULL)
    AND ("outcome" = 'REJECTED') = ("refusal_reason" IS NOT NULL)
  )
);
ALTER TABLE "operator_decision" ADD CONSTRAINT "operator_decision_asked_kos" CHECK (
  CASE "result"
    WHEN 'SETTLED' THEN "kos_word" IS NOT NULL AND ("kos_word" <> 'SILENT' OR "is_kos_silence_accepted")
    WHEN 'CONTRADICTED' THEN "kos_word" IS NOT NULL AND "kos_word" <> 'SILENT'
    WHEN 'UNCONFIRMED' THEN "kos_word" = 'SILENT' AND NOT "is_kos_silence_accepted"
    ELSE true
  END
);
ALTER TABLE "operator_decision" ADD CONSTRAINT "operator_decision_kos_word" CHECK (
  ("kos_word" IS NOT DISTINCT FROM 'ACCEPTED') = ("kos_effective_date" IS NOT NULL)
  AND ("kos_word" IS NOT DISTINCT FROM 'REFUSED') = ("kos_refusal_reason" IS NOT NULL)
);

-- A request became an order, or there is a reason why not
ALTER TABLE "change_request" ADD CONSTRAINT "change_request_has_an_end" CHECK (("order_id" IS NULL) = ("refusal" IS NOT NULL));

-- What waits is found in its order and by its key, however much was settled before
CREATE INDEX "outbox_message_pending" ON "outbox_message"("sequence") WHERE "settled_at" IS NULL;
CREATE INDEX "outbox_message_pending_of_key" ON "outbox_message"("ordering_key", "sequence") WHERE "settled_at" IS NULL;
CREATE INDEX "inbox_message_pending" ON "inbox_message"("consumer", "sequence") WHERE "settled_at" IS NULL;
CREATE INDEX "inbox_message_pending_of_key" ON "inbox_message"("consumer", "ordering_key", "sequence")
  WHERE "settled_at" IS NULL;

-- What was settled long ago is found to be deleted
CREATE INDEX "outbox_message_settled" ON "outbox_message"("settled_at") WHERE "settled_at" IS NOT NULL;
CREATE INDEX "inbox_message_settled" ON "inbox_message"("settled_at") WHERE "settled_at" IS NOT NULL;

-- Only what was settled can have been set aside, and only what was set aside can be given up
ALTER TABLE "outbox_message" ADD CONSTRAINT "outbox_message_end" CHECK (
  ("set_aside_reason" IS NULL OR "settled_at" IS NOT NULL) AND ("given_up_reason" IS NULL OR "set_aside_reason" IS NOT NULL)
);
ALTER TABLE "inbox_message" ADD CONSTRAINT "inbox_message_end" CHECK (
  ("set_aside_reason" IS NULL OR "settled_at" IS NOT NULL) AND ("given_up_reason" IS NULL OR "set_aside_reason" IS NOT NULL)
);

-- The history of a line is only ever added to
CREATE FUNCTION "refuse_to_rewrite_history"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER "order_step_is_final" BEFORE UPDATE OR DELETE ON "order_step"
  FOR EACH ROW EXECUTE FUNCTION "refuse_to_rewrite_history"();

-- What operators saw and decided can be read by everybody who may, and changed by nobody
CREATE TRIGGER "operator_look_is_final" BEFORE UPDATE OR DELETE ON "operator_look"
  FOR EACH ROW EXECUTE FUNCTION "refuse_to_rewrite_history"();
CREATE TRIGGER "operator_look_is_kept" BEFORE TRUNCATE ON "operator_look"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_to_rewrite_history"();
CREATE TRIGGER "operator_decision_is_final" BEFORE UPDATE OR DELETE ON "operator_decision"
  FOR EACH ROW EXECUTE FUNCTION "refuse_to_rewrite_history"();
CREATE TRIGGER "operator_decision_is_kept" BEFORE TRUNCATE ON "operator_decision"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_to_rewrite_history"();
