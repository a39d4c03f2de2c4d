-- CreateEnum
CREATE TYPE "account_role" AS ENUM ('CUSTOMER', 'OPERATOR', 'ANALYST', 'PARTNER', 'DEVELOPER');

-- CreateEnum
CREATE TYPE "account_status" AS ENUM ('ACTIVE', 'SUSPENDED', 'INACTIVE');

-- CreateEnum
CREATE TYPE "session_end" AS ENUM ('LOGOUT', 'REVOKED', 'EVICTED', 'TOKEN_REUSED');

-- CreateEnum
CREATE TYPE "login_kind" AS ENUM ('LOGIN', 'AUTO_LOGIN', 'STEP_UP', 'LOGOUT');

-- CreateEnum
CREATE TYPE "login_outcome" AS ENUM ('SUCCESS', 'FAILURE', 'LOCKED');

-- CreateEnum
CREATE TYPE "service_permission" AS ENUM ('BILL_INQUIRY', 'PRODUCT_CHANGE', 'ADMIN', 'ORDER_SETTLEMENT');

-- CreateEnum
CREATE TYPE "access_outcome" AS ENUM ('GRANTED', 'DENIED');

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "login_id" VARCHAR(20) NOT NULL,
    "password_hash" VARCHAR(255) NOT NULL,
    "customer_id" VARCHAR(64),
    "role" "account_role" NOT NULL,
    "status" "account_status" NOT NULL DEFAULT 'ACTIVE',
    "last_login_at" TIMESTAMPTZ(3),
    "password_changed_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer_line" (
    "line_id" TEXT NOT NULL,
    "customer_id" VARCHAR(64) NOT NULL,
    "line_number_sealed" TEXT NOT NULL,

    CONSTRAINT "customer_line_pkey" PRIMARY KEY ("line_id")
);

-- CreateTable
CREATE TABLE "known_device" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "token_hash" VARCHAR(43) NOT NULL,
    "known_since" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,
    "known_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "known_device_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "device_id" TEXT,
    "is_auto_login" BOOLEAN NOT NULL,
    "user_agent" VARCHAR(512),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "live_until" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" "session_end",

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refresh_token" (
    "token_hash" VARCHAR(43) NOT NULL,
    "session_id" TEXT NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "spent_at" TIMESTAMPTZ(3),
    "answer_sealed" TEXT,

    CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "login_attempt" (
    "identifier" VARCHAR(43) NOT NULL,
    "tries" SMALLINT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_attempt_pkey" PRIMARY KEY ("identifier")
);

-- CreateTable
CREATE TABLE "login_history" (
    "id" TEXT NOT NULL,
    "account_id" TEXT,
    "identifier" VARCHAR(43),
    "kind" "login_kind" NOT NULL,
    "outcome" "login_outcome" NOT NULL,
    "reason" VARCHAR(100),
    "session_id" TEXT,
    "client_ip_sealed" TEXT,
    "user_agent" VARCHAR(512),
    "happened_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_history_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "permission_grant" (
    "account_id" TEXT NOT NULL,
    "service" "service_permission" NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "granted_by" VARCHAR(64) NOT NULL,
    "granted_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "permission_grant_pkey" PRIMARY KEY ("account_id","service")
);

-- CreateTable
CREATE TABLE "permission_access_log" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "service" VARCHAR(64) NOT NULL,
    "outcome" "access_outcome" NOT NULL,
    "denial_reason" VARCHAR(100),
    "session_id" TEXT NOT NULL,
    "client_ip_sealed" TEXT,
    "accessed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "permission_access_log_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "account_login_id_key" ON "account"("login_id");

-- CreateIndex
CREATE UNIQUE INDEX "account_customer_id_key" ON "account"("customer_id");

-- CreateIndex
CREATE INDEX "customer_line_customer_id_idx" ON "customer_line"("customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "known_device_token_hash_key" ON "known_device"("token_hash");

-- CreateIndex
CREATE INDEX "known_device_account_id_last_used_at_idx" ON "known_device"("account_id", "last_used_at" DESC);

-- CreateIndex
CREATE INDEX "known_device_known_until_idx" ON "known_device"("known_until");

-- CreateIndex
CREATE INDEX "login_attempt_expires_at_idx" ON "login_attempt"("expires_at");

-- CreateIndex
CREATE INDEX "session_account_id_created_at_idx" ON "session"("account_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "session_device_id_idx" ON "session"("device_id");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

-- CreateIndex
CREATE INDEX "refresh_token_session_id_idx" ON "refresh_token"("session_id");

-- CreateIndex
CREATE INDEX "login_history_account_id_happened_at_idx" ON "login_history"("account_id", "happened_at" DESC);

-- CreateIndex
CREATE INDEX "login_history_happened_at_idx" ON "login_history"("happened_at");

-- CreateIndex
CREATE INDEX "permission_access_log_account_id_accessed_at_idx" ON "permission_access_log"("account_id", "accessed_at" DESC);

-- CreateIndex
CREATE INDEX "permission_access_log_accessed_at_idx" ON "permission_access_log"("accessed_at");

-- AddForeignKey
ALTER TABLE "customer_line" ADD CONSTRAINT "customer_line_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "account"("customer_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "known_device" ADD CONSTRAINT "known_device_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_device_id_fkey" FOREIGN KEY ("device_id") REFERENCES "known_device"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "login_history" ADD CONSTRAINT "login_history_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "permission_grant" ADD CONSTRAINT "permission_grant_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "permission_access_log" ADD CONSTRAINT "permission_access_log_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- What the schema language cannot say
ALTER TABLE "account" ADD CONSTRAINT "account_login_id_is_normal" CHECK ("login_id" ~ '^[a-z0-9_-]{3,20}$');
ALTER TABLE "account" ADD CONSTRAINT "account_customer_iff_customer" CHECK (("role" = 'CUSTOMER') = ("customer_id" IS NOT NULL));
ALTER TABLE "session" ADD CONSTRAINT "session_end_has_a_reason" CHECK (("ended_at" IS NULL) = ("end_reason" IS NULL));
ALTER TABLE "session" ADD CONSTRAINT "session_ends_at_the_latest" CHECK ("live_until" <= "expires_at");
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_spent_for_an_answer" CHECK (("spent_at" IS NULL) = ("answer_sealed" IS NULL));

-- A family never has two tokens that work
CREATE UNIQUE INDEX "refresh_token_one_unspent_per_session" ON "refresh_token"("session_id") WHERE "spent_at" IS NULL;
