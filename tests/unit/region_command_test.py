#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""ringfence region, as it is typed: several sources, conflicts, what moved, and
an update that is refused. Needs no daemon; run from the root of the tree."""

import fcntl
import json
import os
import resource
import shutil
import subprocess
import tempfile
import unittest

GEOIP = """# Generated: Thu, 25 Jun 2026 04:33:59 GMT
16777216,16777471,CN
16777472,16777727,US
33554432,33685503,DE
"""
GEOIP6 = """# Generated: Thu, 25 Jun 2026 04:33:59 GMT
2a00::,2a00::ffff,CN
"""
FEED = "1.0.1.0/24,CN,,,\n2.0.0.0/16,DE,,,\n3.0.0.0/24,FR,,,\n"
POLICY = """version: 1
regions:
  cn: { countries: [CN] }
  bj: { clouds: [aws:cn-north-1] }
region-data:
  sources:
    - { format: aws, path: DIR/aws.json }
    - tor-geoipdb
    - { format: geofeed, path: DIR/feed.csv, sha256sums: DIR/SHA256SUMS }
classes:
  c: { origins: [{ user: root }], allow: [cn] }
  b: { origins: [{ user: root }], allow: [bj] }
"""
AWS = """{ "syncToken": "1", "createDate": "2026-06-24-00-00-00", "prefixes": [
  { "ip_prefix": "4.0.0.0/24", "region": "cn-north-1", "service": "AMAZON",
    "network_border_group": "cn-north-1" },
  { "ip_prefix": "5.0.0.0/24", "region": "GLOBAL", "service": "AMAZON",
    "network_border_group": "GLOBAL" } ], "ipv6_prefixes": [] }
"""


class Region(unittest.TestCase):
    def setUp(self):
        self.holder = tempfile.TemporaryDirectory()
        self.dir = self.holder.name
        os.mkdir(self.path("state"))
        self.write("geoip", GEOIP)
        self.write("geoip6", GEOIP6)
        self.write("aws.json", AWS)
        self.write_feed(FEED)
        self.write("policy.yaml", POLICY.replace("DIR", self.dir))

    def tearDown(self):
        self.holder.cleanup()

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)

    def write_feed(self, text):
        self.write("feed.csv", text)
        self.write_sums("feed.csv")

    def write_sums(self, name):
        with open(self.path("SHA256SUMS"), "w") as file:
            subprocess.run(["sha256sum", name], cwd=self.dir, stdout=file, check=True)

    def run_region(self, *words, code=0, policy=True):
        command = ["build/ringfence", "--state-dir", self.path("state"), "--geoip-dir", self.dir,
                   "--run-dir", self.dir, "--sets-dir", "policy/sets", "region", *words]
        if policy:
            command += ["--policy", self.path("policy.yaml")]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def lookup(self, address, code=0):
        return json.loads(self.run_region("lookup", "--json", address, code=code))

    def test_lookup_tells_what_each_source_says(self):
        answer = self.lookup("1.0.1.9")
        self.assertEqual(answer["region"], "US")
        self.assertEqual(answer["source"], "tor-geoipdb")
        self.assertEqual([(one["source"], one["region"]) for one in answer["sources"]],
                         [("aws", "-"), ("tor-geoipdb", "US"), ("geofeed", "CN")])
        text = self.run_region("lookup", "1.0.1.9")
        self.assertIn("overruled by one that is trusted more", text)
        self.assertIn("followed: the most trusted that knows it", text)

    def test_cloud_regions_have_a_name_and_a_country(self):
        answer = self.lookup("4.0.0.9")
        self.assertEqual(answer["region"], "aws:cn-north-1")
        self.assertEqual(sorted(answer["regions"]), ["bj", "cn"])
        self.assertEqual(self.lookup("5.0.0.9", code=1)["region"], "unknown")

    def test_carried_and_special_addresses(self):
        self.assertEqual(self.lookup("64:ff9b::1.0.0.9")["region"], "CN")
        self.assertEqual(self.lookup("64:ff9b::1.0.0.9")["carries"], "1.0.0.9")
        self.assertIn("RFC 1918", self.lookup("10.0.0.9", code=1)["source_says"])
        self.assertEqual(self.lookup("64:ff9b::10.0.0.9", code=1)["source_says"],
                         "carries 10.0.0.9 by NAT64, RFC 6052: private, RFC 1918")

    def test_who_carries_what_it_may_not(self):
        text = POLICY.replace("DIR", self.dir)
        self.write("policy.yaml", text.replace("[CN] }", "[CN], prefixes: [10.0.0.0/8] }"))
        self.assertEqual(self.lookup("10.0.0.9")["region"], "cn")
        self.assertEqual(self.lookup("64:ff9b::10.0.0.9", code=1)["source_says"],
                         "carries 10.0.0.9 by NAT64, RFC 6052: which it may not carry")

    def test_conflicts_largest_first(self):
        text = self.run_region("conflicts")
        self.assertIn("tor-geoipdb and geofeed disagree: 1 ranges, 256 addresses", text)
        lines = [json.loads(line) for line in self.run_region("conflicts", "--json").splitlines()]
        self.assertEqual([(line["first"], line["size"], line["outcome"]) for line in lines],
                         [("1.0.1.0", 256, "US")])

    def test_agreement_makes_the_disputed_foreign(self):
        text = POLICY.replace("DIR", self.dir)
        self.write("policy.yaml", text.replace("classes:", "  require-agreement: 2\nclasses:", 1))
        self.assertTrue(self.lookup("1.0.1.9", code=1)["disputed"])
        self.assertEqual(self.lookup("2.0.0.9")["region"], "DE")
        self.assertEqual(self.lookup("1.0.0.9", code=1)["region"], "unknown")

    def test_diff_tells_what_moved(self):
        os.mkdir(self.path("new"))
        self.write("new/geoip", GEOIP.replace("16777727,US", "16777727,CN"))
        self.write("new/geoip6", GEOIP6)
        text = self.run_region("diff", self.dir, self.path("new"), code=3, policy=False)
        self.assertIn("moved: 1 ranges, 256 addresses", text)
        self.assertIn("1.0.1.0 - 1.0.1.255", text)
        self.run_region("diff", self.dir, self.dir, policy=False)

    def test_diff_knows_the_clouds(self):
        self.write("new.json", AWS.replace("cn-north-1", "us-east-1"))
        pair = self.path("aws.json"), self.path("new.json")
        for policy in False, True:
            text = self.run_region("diff", *pair, "--format", "aws", code=3, policy=policy)
            self.assertIn("aws:us-east-1", text)
        self.run_region("diff", pair[0], pair[0], "--format", "aws", policy=False)

    def test_stat_counts(self):
        lines = [json.loads(line) for line in self.run_region("stat", "--json").splitlines()]
        places = {one["region"]: one["ipv4_addresses"] for one in lines[1]["places"]}
        self.assertEqual(places, {"CN": 256, "US": 256, "DE": 131072})
        self.assertGreater(lines[-1]["checked"], 10)

    def test_map_draws(self):
        self.run_region("map", code=2)
        self.run_region("map", "--svg", self.path("map.svg"))
        with open(self.path("map.svg")) as file:
            self.assertIn("DE", file.read())

    def accepted(self, name="tor-geoipdb", number=0):
        with open(self.path("state/regions/%s/%d" % (name, number))) as file:
            return file.read()

    def test_update_takes_data_under_its_wing(self):
        self.assertIn("could be accepted", self.run_region("update", "--dry-run"))
        self.assertEqual(os.listdir(self.path("state/regions")), [])
        self.assertIn("first accepted: 2026-06-25", self.run_region("update"))
        self.assertEqual(self.accepted(), GEOIP)
        # From now on what happens to the files means nothing until it is accepted.
        self.write("geoip", GEOIP.replace("16777727,US", "16777727,CN"))
        self.assertEqual(self.lookup("1.0.1.9")["region"], "US")
        text = self.run_region("update", code=3)
        self.assertIn("US lost 100.0 % of its IPv4 addresses", text)
        self.assertEqual(self.lookup("1.0.1.9")["region"], "US")
        self.assertEqual(self.accepted(), GEOIP)

    def test_first_accepted_has_no_previous(self):
        self.run_region("update")
        self.run_region("update")
        shutil.rmtree(self.path("state/regions/tor-geoipdb"))
        self.run_region("update")
        self.assertEqual(sorted(os.listdir(self.path("state/regions"))),
                         ["aws", "aws.previous", "geofeed", "geofeed.previous", "tor-geoipdb"])

    def test_update_counts_all_of_ipv6(self):
        self.write_feed(FEED + "::/0,DE,,,\n")
        feed = json.loads(self.run_region("stat", "--json").splitlines()[2])
        self.assertIn(2 ** 63 - 1, [one["ipv6_networks"] for one in feed["places"]])
        self.run_region("update")
        self.write_feed(FEED + "2a00::/16,DE,,,\n")
        self.assertIn("lost 100.0 % of its IPv6", self.run_region("update", code=3))

    def test_update_tells_what_changed(self):
        def changed():
            lines = self.run_region("update", "--json").splitlines()
            return [one["source"] for one in map(json.loads, lines) if one["changed"]]

        self.assertEqual(changed(), ["aws", "tor-geoipdb", "geofeed"])
        self.assertEqual(changed(), [])
        self.write("geoip6", GEOIP6 + "2a01::,2a01::ffff,DE\n")
        self.assertEqual(changed(), ["tor-geoipdb"])

    def test_update_follows_what_is_sound_and_keeps_the_last(self):
        self.run_region("update")
        newer = GEOIP.replace("25 Jun", "26 Jun") + "50331648,50331903,CN\n"
        self.write("geoip", newer)
        self.assertIn("2026-06-25T04:33:59Z -> 2026-06-26T04:33:59Z", self.run_region("update"))
        self.assertEqual(self.accepted(), newer)
        with open(self.path("state/regions/tor-geoipdb.previous/0")) as file:
            self.assertEqual(file.read(), GEOIP)
        # Older data is not followed.
        self.write("geoip", GEOIP + "50331648,50331903,CN\n")
        self.assertIn("is older than the accepted data", self.run_region("update", code=3))
        self.assertEqual(self.accepted(), newer)

    def test_update_refuses_what_is_dated_ahead(self):
        self.run_region("update")
        self.write("geoip", GEOIP.replace("2026", "2199"))
        self.assertIn("of 2199-06-25T04:33:59Z is ahead of", self.run_region("update", code=3))
        self.write("geoip", GEOIP)
        self.run_region("update")

    def test_update_refuses_what_has_no_age(self):
        text = POLICY.replace("DIR", self.dir)
        self.write("policy.yaml", text.replace("sha256sums:", "max-age: 30, sha256sums:"))
        self.assertIn("geofeed: the data has no date", self.run_region("update", code=3))

    def test_update_refuses_what_cannot_be_read(self):
        self.run_region("update")
        self.write("geoip", GEOIP[:-3])
        self.assertIn("/0:4: ", self.run_region("update", code=3))
        self.write("geoip", GEOIP)
        os.unlink(self.path("aws.json"))
        self.assertIn("aws.json", self.run_region("update", code=1))
        self.assertEqual(sorted(os.listdir(self.path("state/regions"))),
                         ["aws", "geofeed", "tor-geoipdb"])

    def test_update_compares_though_another_source_lost_its_copy(self):
        self.run_region("update")
        os.unlink(self.path("state/regions/aws/0"))
        self.write("geoip", GEOIP.replace("16777727,US", "16777727,CN"))
        self.assertIn("state/regions/aws/0", self.run_region("update", code=1))
        self.assertEqual(self.accepted(), GEOIP)

    def test_update_copies_no_device(self):
        os.unlink(self.path("aws.json"))
        os.symlink("/dev/zero", self.path("aws.json"))
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 24, before[1]))
        try:
            self.assertIn("cannot be copied", self.run_region("update", code=3))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        self.assertEqual(os.listdir(self.path("state/regions")), [])

    def test_update_leaves_the_applied_policy_its_data(self):
        self.run_region("update")
        applied = POLICY.replace("DIR", self.dir)
        self.write("state/policy.json", json.dumps({"generation": 1, "files": [
            {"name": self.path("policy.yaml"), "content": applied}]}))
        os.mkdir(self.path("alt"))
        self.write("alt/geoip", GEOIP)
        self.write("alt/geoip6", GEOIP6)
        other = "{ name: tor-geoipdb, format: tor-geoipdb, path: [%s, %s] }" % (
            self.path("alt/geoip"), self.path("alt/geoip6"))
        self.write("policy.yaml", applied.replace("- tor-geoipdb", "- " + other))
        self.assertIn("give the source another name", self.run_region("update", code=3))
        self.write("geoip", GEOIP.replace("16777727,US", "16777727,CN"))
        self.write("policy.yaml", applied)
        self.assertEqual(self.lookup("1.0.1.9")["region"], "US")
        # Another name is another source.
        self.write("policy.yaml", applied.replace(
            "- tor-geoipdb", "- " + other.replace("name: tor-geoipdb", "name: other")))
        self.run_region("update")

    def test_one_update_at_a_time(self):
        self.run_region("update")
        held = os.open(self.path("state/regions"), os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        self.assertIn("another region update is at work", self.run_region("update", code=1))
        os.close(held)
        self.run_region("update")

    def test_other_paths_are_other_data(self):
        self.run_region("update")
        self.write_feed(FEED.replace("FR", "CN"))
        self.assertEqual(self.lookup("3.0.0.9")["region"], "FR")
        os.rename(self.path("feed.csv"), self.path("other.csv"))
        self.write_sums("other.csv")
        self.write("policy.yaml", POLICY.replace("DIR/feed.csv", "DIR/other.csv")
                   .replace("DIR", self.dir))
        self.assertEqual(self.lookup("3.0.0.9")["region"], "CN")

    def test_update_checks_the_hash(self):
        self.write("feed.csv", FEED.replace("FR", "CN"))
        self.assertIn("is not the file that", self.run_region("update", code=3))
        self.write_feed(FEED.replace("FR", "CN"))
        self.run_region("update")
        self.write("SHA256SUMS", "")
        self.assertIn("does not list feed.csv", self.run_region("update", code=3))

    def test_what_was_never_accepted_must_be_what_is_listed(self):
        self.assertEqual(self.lookup("3.0.0.9")["region"], "FR")
        self.write("feed.csv", FEED.replace("FR", "CN"))
        self.assertIn("is not the file that", self.run_region("lookup", "3.0.0.9", code=1))
        self.write_feed(FEED.replace("FR", "CN"))
        self.assertEqual(self.lookup("3.0.0.9")["region"], "CN")

    def test_update_checks_the_signature(self):
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=self.dir, check=True, capture_output=True)

        signed = "signature: DIR/feed.sig, key: DIR/key.pem"
        self.write("policy.yaml", POLICY.replace("sha256sums: DIR/SHA256SUMS", signed)
                   .replace("DIR", self.dir))
        for kind in (["ed25519"], ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]):
            openssl("genpkey", "-algorithm", *kind, "-out", "private.pem")
            openssl("pkey", "-in", "private.pem", "-pubout", "-out", "key.pem")
            self.write("feed.csv", FEED)
            if kind == ["ed25519"]:
                openssl("pkeyutl", "-sign", "-rawin", "-inkey", "private.pem", "-in", "feed.csv",
                        "-out", "feed.sig")
            else:
                openssl("dgst", "-sha256", "-sign", "private.pem", "-out", "feed.sig", "feed.csv")
            self.run_region("update")
            self.write("feed.csv", FEED.replace("FR", "CN"))
            self.assertIn("is not what", self.run_region("update", code=3))


if __name__ == "__main__":
    unittest.main()
