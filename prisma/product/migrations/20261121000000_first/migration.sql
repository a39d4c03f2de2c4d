-- CreateEnum
CREATE TYPE "order_state" AS ENUM ('REQUESTED', 'SENT', 'UNKNOWN', 'NEEDS_OPERATOR', 'COMPLETED', 'REJECTED', 'FAILED');

-- CreateEnum
CREATE TYPE "refusal_reason" AS ENUM ('CONTRACT_RESTRICTION', 'DEVICE_INCOMPATIBLE', 'UNPAID_BALANCE', 'OTHER');

-- CreateEnum
CREATE TYPE "failure_cause" AS ENUM ('NEVER_SENT', 'NEVER_ARRIVED');

-- CreateEnum
CREATE TYPE "request_refusal" AS ENUM ('NOT_ALLOWED', 'SAME_PRODUCT', 'ALREADY_SCHEDULED', 'VERSION_CONFLICT', 'IN_PROGRESS', 'UNAVAILABLE');

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
CREATE TABLE "outbox_message" (
    "sequence" BIGSERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "ordering_key" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),
    "set_aside_reason" TEXT,

    CONSTRAINT "outbox_message_pkey" PRIMARY KEY ("sequence")
);

-- CreateIndex
CREATE INDEX "customer_line_customer_id_idx" ON "customer_line"("customer_id");

-- CreateIndex
CREATE INDEX "product_order_customer_id_line_id_requested_at_id_idx" ON "product_order"("customer_id", "line_id", "requested_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "product_order_due_at_idx" ON "product_order"("due_at");

-- CreateIndex
CREATE INDEX "order_step_order_id_idx" ON "order_step"("order_id");

-- CreateIndex
CREATE INDEX "qualification_customer_id_line_id_checked_at_idx" ON "qualification"("customer_id", "line_id", "checked_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "change_request_order_id_key" ON "change_request"("order_id");

-- CreateIndex
CREATE INDEX "change_request_customer_id_line_id_requested_at_idx" ON "change_request"("customer_id", "line_id", "requested_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "kos_call_sequence_key" ON "kos_call"("sequence");

-- CreateIndex
CREATE INDEX "kos_call_subject_id_sequence_idx" ON "kos_call"("subject_id", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_message_id_key" ON "outbox_message"("id");

-- AddForeignKey
ALTER TABLE "customer_line" ADD CONSTRAINT "customer_line_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("customer_id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_step" ADD CONSTRAINT "order_step_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "product_order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- What the schema language cannot say

-- A line has one open change, whoever asks for it and however many ask at once
CREATE UNIQUE INDEX "product_order_one_open_per_line" ON "product_order"("line_id")
  WHERE "state" IN ('REQUESTED', 'SENT', 'UNKNOWN', 'NEEDS_OPERATOR');

-- A user's key names one order
CREATE UNIQUE INDEX "product_order_one_per_key" ON "product_order"("user_id", "external_id") WHERE "is_key_held";

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
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_needs_operator"
  CHECK (("state" = 'NEEDS_OPERATOR') = ("handed_over_at" IS NOT NULL));
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_completed"
  CHECK (("state" = 'COMPLETED') = ("effective_date" IS NOT NULL));
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_rejected"
  CHECK (("state" = 'REJECTED') = ("refusal_reason" IS NOT NULL));
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_failed"
  CHECK (("state" = 'FAILED') = ("failure_cause" IS NOT NULL));
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_is_looked_after"
  CHECK (("state" IN ('REQUESTED', 'SENT', 'UNKNOWN')) = ("due_at" IS NOT NULL));
ALTER TABLE "product_order" ADD CONSTRAINT "product_order_lets_go_of_its_key"
  CHECK ("is_key_held" = ("failure_cause" IS DISTINCT FROM 'NEVER_SENT'));

-- A request became an order, or there is a reason why not
ALTER TABLE "change_request" ADD CONSTRAINT "change_request_has_an_end" CHECK (("order_id" IS NULL) = ("refusal" IS NOT NULL));

-- What waits is looked for by key and by time
CREATE INDEX "outbox_message_pending_of_key" ON "outbox_message"("ordering_key", "sequence") WHERE "settled_at" IS NULL;

-- The history of a line is only ever added to
CREATE FUNCTION "refuse_to_rewrite_history"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER "order_step_is_final" BEFORE UPDATE OR DELETE ON "order_step"
  FOR EACH ROW EXECUTE FUNCTION "refuse_to_rewrite_history"();
