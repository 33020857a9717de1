/** `50%`, `0.5%`: above 0 and below 100. */
export const percentPattern = '^(?=.*[1-9])\\d{1,2}(\\.\\d+)?\\s*%$'
