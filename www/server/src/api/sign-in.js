import { noSuchDevice } from "./devices.js";
import { authenticationResult } from "./result.js";

/** @import { Pool } from "../pool/pool.js" */
/** @import { StoredClient } from "../pool/clients.js" */
/** @import { StoredUser } from "../pool/users.js" */

/**
 * What follows the right password: the device's own proof, a second factor, or the tokens.
 * @param {Pool} pool
 * @param {StoredClient} client
 * @param {StoredUser} user
 * @param {string | undefined} deviceKey
 */
export function afterPassword(pool, client, user, deviceKey) {
  const step = { username: user.username, clientId: client.id };
  if (client.devices !== "off" && deviceKey !== undefined) {
    const device = pool.devices.find(deviceKey, user.username);
    // The clients forget the key at this error, and sign in anew.
    if (!device?.verifier) throw noSuchDevice();
    return {
      ChallengeName: "DEVICE_SRP_AUTH",
      ChallengeParameters: {},
      Session: pool.challenges.put({ ...step, deviceKey }),
    };
  }
  if (user.mfa === undefined) return signedIn(pool, client, user);
  return {
    ChallengeName: user.mfa,
    ChallengeParameters: {
      USER_ID_FOR_SRP: user.username,
      ...(user.mfa === "SMS_MFA"
        ? {
            CODE_DELIVERY_DELIVERY_MEDIUM: "SMS",
            CODE_DELIVERY_DESTINATION: "+*******0100",
          }
        : {}),
    },
    Session: pool.challenges.put(step),
  };
}

/**
 * @param {Pool} pool
 * @param {StoredClient} client
 * @param {StoredUser} user
 * @param {string} [knownDevice]
 */
export function signedIn(pool, client, user, knownDevice) {
  const newDevice =
    client.devices !== "off" && knownDevice === undefined
      ? pool.devices.add(user.username).key
      : undefined;
  const { session, refreshToken } = pool.sessions.open({
    user,
    client,
    deviceKey: knownDevice ?? newDevice,
  });
  const issued = pool.sessions.issueTokens(session, user, client);
  const metadata = {
    DeviceKey: newDevice,
    DeviceGroupKey: pool.devices.groupKey,
  };
  return {
    AuthenticationResult: {
      ...authenticationResult({ ...issued, refreshToken }),
      ...(newDevice ? { NewDeviceMetadata: metadata } : {}),
    },
    ChallengeParameters: {},
  };
}
