package io.stele.simulator.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** etcd's rule against changing a key twice in one branch of a transaction, with its quirks. */
final class Claims {
    private final TreeSet<byte[]> puts = new TreeSet<>(Arrays::compareUnsigned);
    private final List<Op.Delete> deletes = new ArrayList<>();

    /** What one branch claims; null if it changes a key twice. */
    static Claims of(List<Op> branch) {
        Claims claims = new Claims();
        for (Op op : branch) {
            if (op instanceof Op.Delete delete) {
                claims.deletes.add(delete);
            }
        }
        for (Op op : branch) {
            if (op instanceof Op.Txn txn && !claims.addInner(txn)) {
                return null;
            }
        }
        for (Op op : branch) {
            if (op instanceof Op.Put put && (claims.deletes(put.key()) || !claims.puts.add(put.key()))) {
                return null;
            }
        }
        return claims;
    }

    private boolean addInner(Op.Txn txn) {
        Claims then = of(txn.success());
        Claims otherwise = of(txn.failure());
        if (then == null || otherwise == null) {
            return false;
        }
        for (byte[] key : then.puts) {
            if (deletes(key) || !puts.add(key)) {
                return false;
            }
        }
        for (byte[] key : otherwise.puts) {
            if ((puts.contains(key) && !then.puts.contains(key)) || deletes(key)) {
                return false;
            }
            puts.add(key);
        }
        deletes.addAll(then.deletes);
        deletes.addAll(otherwise.deletes);
        return true;
    }

    /** An end is an end here, even one zero byte; a range that ends before it starts claims nothing. */
    private boolean deletes(byte[] key) {
        for (Op.Delete delete : deletes) {
            boolean hit = delete.end().length > 0
                    ? Arrays.compareUnsigned(delete.key(), key) <= 0 && Arrays.compareUnsigned(key, delete.end()) < 0
                    : Arrays.equals(delete.key(), key);
            if (hit) {
                return true;
            }
        }
        return false;
    }
}
