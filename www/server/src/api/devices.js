import { ADMIN_SCOPE } from "../pool/clients.js";
import { ServiceError, invalidParameter } from "../pool/service-error.js";
import { deviceVerifier } from "../pool/srp.js";
import { nested, required, requiredParameter } from "./parameters.js";

/** @import { Pool } from "../pool/pool.js" */
/** @import { Input } from "./parameters.js" */

/** @param {Pool} pool @param {Input} input */
function ownDevice(pool, input) {
  const key = required(input, "DeviceKey");
  const { session, user } = pool.authorize(input["AccessToken"], ADMIN_SCOPE);
  const device = pool.devices.find(key, user.username);
  if (!device) throw noSuchDevice();
  return { device, client: pool.client(session.clientId) };
}

export function noSuchDevice() {
  return new ServiceError(
    "ResourceNotFoundException",
    "Device does not exist.",
  );
}

/** @param {Pool} pool @param {Input} input */
export function confirmDevice(pool, input) {
  const { device, client } = ownDevice(pool, input);
  const config = nested(input, "DeviceSecretVerifierConfig");
  device.verifier = deviceVerifier(
    requiredParameter(config, "Salt"),
    requiredParameter(config, "PasswordVerifier"),
  );
  device.remembered = client.devices === "always";
  return { UserConfirmationNecessary: client.devices === "optIn" };
}

/** @param {Pool} pool @param {Input} input */
export function updateDeviceStatus(pool, input) {
  const status = required(input, "DeviceRememberedStatus");
  if (status !== "remembered" && status !== "not_remembered")
    throw invalidParameter(
      "1 validation error detected: Value at 'deviceRememberedStatus' failed to satisfy constraint: Member must satisfy enum value set: [remembered, not_remembered]",
    );
  ownDevice(pool, input).device.remembered = status === "remembered";
  return {};
}

/** @param {Pool} pool @param {Input} input */
export function forgetDevice(pool, input) {
  pool.devices.forget(ownDevice(pool, input).device);
  return undefined;
}
