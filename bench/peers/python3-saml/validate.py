"""python3-saml behind the bench's orders: validates the messages of a task, line by line.

Strict, as it is to be used: with the XML schema, the time, the audience, the recipient and the request.
"""

import json
import sys
from urllib.parse import urlsplit


def main():
    try:
        from onelogin.saml2.response import OneLogin_Saml2_Response
        from onelogin.saml2.settings import OneLogin_Saml2_Settings
    except ImportError as error:
        return print(error)
    with open(sys.argv[1], encoding="utf-8") as file:
        task = json.load(file)
    idp, sp, messages = task["idp"], task["sp"], task["messages"]
    acs = urlsplit(sp["acs"])
    request = {"https": "on", "http_host": acs.netloc, "script_name": acs.path, "server_port": "443"}

    def settings(kind):
        return OneLogin_Saml2_Settings(
            {
                "strict": True,
                "sp": {
                    "entityId": sp["entity_id"],
                    "assertionConsumerService": {"url": sp["acs"]},
                    "x509cert": sp["certificate"],
                    "privateKey": sp["key"],
                },
                "idp": {
                    "entityId": idp["entity_id"],
                    "singleSignOnService": {"url": idp["entity_id"] + "/sso"},
                    "x509cert": idp["certificate"],
                },
                "security": {
                    "wantAssertionsSigned": kind != "response",
                    "wantMessagesSigned": kind == "response",
                    "wantAssertionsEncrypted": kind == "encrypted",
                    "rejectDeprecatedAlgorithm": True,
                },
            }
        )

    known = {kind: settings(kind) for kind in messages}

    def validate(kind):
        response = OneLogin_Saml2_Response(known[kind], messages[kind]["form_value"])
        response.is_valid(request, task["request_id"], raise_exceptions=True)
        if response.get_nameid() != task["user"] or len(response.get_attributes()) != 5:
            raise ValueError("another user")

    print("ready", flush=True)
    for line in sys.stdin:
        kind, count = line.split()
        try:
            for _ in range(int(count)):
                validate(kind)
            print("accepted", flush=True)
        except Exception as error:
            print(f"refused: {error!r}", flush=True)


main()
