/** The text that Cognito gives with each error type, where none is named. Types without a known text give the type's meaning. */
const MESSAGES = /** @type {Record<string, string>} */ ({
  NotAuthorizedException: "Access Token has been revoked",
  TooManyRequestsException: "Rate exceeded",
  UserNotFoundException: "User does not exist.",
  ResourceNotFoundException: "User pool client does not exist.",
  PasswordResetRequiredException: "Password reset required for the user",
  UserNotConfirmedException: "User is not confirmed.",
  ForbiddenException: "Forbidden",
  OperationNotEnabledException: "Operation is not enabled for this user pool.",
  InternalErrorException: "Internal server error",
  UnsupportedTokenTypeException: "Unsupported token type",
  UnsupportedOperationException:
    "Token revocation is not enabled for this client.",
  UnauthorizedException: "Unauthorized",
  InvalidParameterException: "Invalid parameter",
  RefreshTokenReuseException: "Refresh token has already been used.",
});

/** An error that the JSON API declares: HTTP 400, or 500 for InternalErrorException. */
export class ServiceError extends Error {
  /** @param {string} type @param {string} [message] */
  constructor(type, message = MESSAGES[type] ?? type) {
    super(message);
    this.type = type;
    this.status = type === "InternalErrorException" ? 500 : 400;
  }
}

/** @param {string} message */
export function notAuthorized(message) {
  return new ServiceError("NotAuthorizedException", message);
}

/** @param {string} message */
export function invalidParameter(message) {
  return new ServiceError("InvalidParameterException", message);
}
