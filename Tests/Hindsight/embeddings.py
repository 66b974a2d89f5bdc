"""Embeddings without a model, for a Hindsight server under test: a text is the sum of its words, each
of which points in a direction of its own. Texts that share words are near each other.

usage: embeddings.py PORT      (OpenAI's POST /v1/embeddings, on 127.0.0.1)
"""
import base64, hashlib, json, math, re, struct, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DIMENSIONS = 384


def embedding(text):
    vector = [0.0] * DIMENSIONS
    for word in re.findall(r"\w+", text.lower()):
        digest = hashlib.blake2b(word.encode(), digest_size=DIMENSIONS // 8).digest()
        for place in range(DIMENSIONS):
            vector[place] += 1.0 if digest[place // 8] >> place % 8 & 1 else -1.0
    length = math.sqrt(sum(part * part for part in vector)) or 1.0
    return [part / length for part in vector]


class Embeddings(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body):
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        self.answer({"object": "list", "data": [{"id": "words", "object": "model"}]})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
        vectors = [embedding(str(text)) for text in texts]
        if asked.get("encoding_format") == "base64":
            pack = struct.Struct(f"<{DIMENSIONS}f").pack
            vectors = [base64.b64encode(pack(*vector)).decode() for vector in vectors]
        rows = [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)]
        usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
        self.answer({"object": "list", "model": "words", "data": rows, "usage": usage})


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Embeddings).serve_forever()
