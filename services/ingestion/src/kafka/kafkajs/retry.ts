/** How kafkajs tries again within one call; what fails even so is tried again by us, with other brokers looked up. */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 3_000, retries: 5 };
