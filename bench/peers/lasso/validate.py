"""Lasso behind the bench's orders: validates the messages of a task, line by line.

One server object serves all messages, as a service provider that keeps it would have it. Lasso itself checks the
signature, the status and the request; the conditions and the confirmation are asked for here, as its users have to.
"""

import json
import sys

SKEW_SECONDS = 60


def main():
    try:
        import lasso
    except ImportError as error:
        return print(error)
    with open(sys.argv[1], encoding="utf-8") as file:
        task = json.load(file)
    sp, messages = task["sp"], task["messages"]
    server = lasso.Server.newFromBuffers(sp["metadata"], sp["key"], None, sp["certificate"])
    server.setEncryptionPrivateKey(sp["key"])
    server.addProviderFromBuffer(lasso.PROVIDER_ROLE_IDP, task["idp"]["metadata"])

    def validate(form_value):
        login = lasso.Login(server)
        login.processAuthnResponseMsg(form_value)
        login.acceptSso()
        assertion = login.assertion
        if assertion.validateTimeChecks(SKEW_SECONDS) != lasso.SAML2_ASSERTION_VALID:
            raise ValueError("not valid now")
        if assertion.validateAudience(sp["entity_id"]) != lasso.SAML2_ASSERTION_VALID:
            raise ValueError("another audience")
        confirmation = assertion.subject.subjectConfirmation.subjectConfirmationData
        if (confirmation.recipient, confirmation.inResponseTo) != (sp["acs"], task["request_id"]):
            raise ValueError("another recipient or request")
        if login.nameIdentifier.content != task["user"]:
            raise ValueError("another user")

    print("ready", flush=True)
    for line in sys.stdin:
        kind, count = line.split()
        try:
            for _ in range(int(count)):
                validate(messages[kind]["form_value"])
            print("accepted", flush=True)
        except Exception as error:
            print(f"refused: {error!r}", flush=True)


main()
