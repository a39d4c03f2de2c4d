-- CreateEnum
CREATE TYPE "inquiry_origin" AS ENUM ('REQUEST', 'READ');

-- CreateEnum
CREATE TYPE "inquiry_state" AS ENUM ('IN_PROGRESS', 'DONE', 'REJECTED', 'TERMINATED_WITH_ERROR');

-- CreateEnum
CREATE TYPE "inquiry_failure" AS ENUM ('KOS_UNAVAILABLE', 'KOS_BUSY');

-- CreateEnum
CREATE TYPE "kos_call_outcome" AS ENUM ('FOUND', 'NOT_FOUND', 'REFUSED', 'FAILED', 'UNUSABLE', 'NO_ANSWER', 'NOT_ASKED');

-- CreateEnum
CREATE TYPE "circuit_state" AS ENUM ('CLOSED', 'OPEN', 'HALF_OPEN');

-- CreateTable
CREATE TABLE "customer_line" (
    "line_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "sealed_line_number" TEXT NOT NULL,
    "operator_code" TEXT NOT NULL,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_line_pkey" PRIMARY KEY ("line_id")
);

-- CreateTable
CREATE TABLE "kept_bill" (
    "line_id" TEXT NOT NULL,
    "billing_month" VARCHAR(7) NOT NULL,
    "customer_id" TEXT NOT NULL,
    "sealed_bill" TEXT NOT NULL,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "kept_bill_pkey" PRIMARY KEY ("line_id","billing_month")
);

-- CreateTable
CREATE TABLE "bill_inquiry" (
    "id" TEXT NOT NULL,
    "origin" "inquiry_origin" NOT NULL,
    "customer_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "line_id" TEXT NOT NULL,
    "billing_month" VARCHAR(7) NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "state" "inquiry_state" NOT NULL,
    "attempt" SMALLINT NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "sealed_finding" TEXT,
    "failure" "inquiry_failure",
    "failure_retry_after_ms" INTEGER,

    CONSTRAINT "bill_inquiry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "kos_inquiry_history" (
    "inquiry_id" TEXT NOT NULL,
    "line_id" TEXT NOT NULL,
    "billing_month" VARCHAR(7) NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "responded_at" TIMESTAMPTZ(3),
    "outcome" "kos_call_outcome" NOT NULL,
    "result_code" VARCHAR(10),
    "result_message" VARCHAR(200),
    "retry_count" SMALLINT NOT NULL,
    "circuit_breaker_state" "circuit_state" NOT NULL,

    CONSTRAINT "kos_inquiry_history_pkey" PRIMARY KEY ("inquiry_id","retry_count")
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
CREATE INDEX "customer_line_customer_id_idx" ON "customer_line"("customer_id");

-- CreateIndex
CREATE INDEX "customer_line_fetched_at_idx" ON "customer_line"("fetched_at");

-- CreateIndex
CREATE INDEX "kept_bill_fetched_at_idx" ON "kept_bill"("fetched_at");

-- CreateIndex
CREATE INDEX "bill_inquiry_customer_id_line_id_requested_at_id_idx" ON "bill_inquiry"("customer_id", "line_id", "requested_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "bill_inquiry_due_at_idx" ON "bill_inquiry"("due_at");

-- CreateIndex
CREATE INDEX "bill_inquiry_requested_at_idx" ON "bill_inquiry" USING BRIN ("requested_at");

-- CreateIndex
CREATE INDEX "kos_inquiry_history_requested_at_idx" ON "kos_inquiry_history"("requested_at");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_message_id_key" ON "outbox_message"("id");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_message_consumer_id_key" ON "inbox_message"("consumer", "id");

-- AddForeignKey
ALTER TABLE "kos_inquiry_history" ADD CONSTRAINT "kos_inquiry_history_inquiry_id_fkey" FOREIGN KEY ("inquiry_id") REFERENCES "bill_inquiry"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A row says one thing only: what is true in its state, and nothing else.
ALTER TABLE "bill_inquiry" ADD CONSTRAINT "bill_inquiry_state_check" CHECK (
    ("state" = 'IN_PROGRESS') = ("due_at" IS NOT NULL)
    AND ("state" = 'IN_PROGRESS') = ("completed_at" IS NULL)
    AND ("state" = 'DONE') = ("sealed_finding" IS NOT NULL)
    AND ("state" = 'TERMINATED_WITH_ERROR') = ("failure" IS NOT NULL)
    AND ("failure" IS NULL) = ("failure_retry_after_ms" IS NULL)
);

-- Months are written YYYY-MM.
ALTER TABLE "bill_inquiry" ADD CONSTRAINT "bill_inquiry_billing_month_check" CHECK ("billing_month" ~ '^\d{4}-(0[1-9]|1[0-2])$');

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
