// Only for the local Cognito. Delete this file and its import with a user pool of your own: Amplify's
// adapter believes tokens that AWS has signed, and the local Cognito has keys of its own.
import { CognitoJwtVerifier, JwtRsaVerifier } from "aws-jwt-verify";
import { config } from "./config";

const { userPoolEndpoint, userPoolId } = config.Auth.Cognito;
const issuer = `${userPoolEndpoint}/${userPoolId}`;
const jwksUri = `${issuer}/.well-known/jwks.json`;
const verifier = JwtRsaVerifier.create({ issuer, audience: null, jwksUri });

const local = {
  async verify(token: string) {
    const keys = await fetch(jwksUri, { cache: "no-store" });
    verifier.cacheJwks(await keys.json());
    return verifier.verify(token);
  },
};
Object.assign(CognitoJwtVerifier, { create: () => local });
