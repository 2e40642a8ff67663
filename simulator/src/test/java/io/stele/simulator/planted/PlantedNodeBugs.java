package io.stele.simulator.planted;

import io.stele.index.HeapKeyIndex;
import io.stele.index.KeyIndex;
import io.stele.index.KeyRecord;
import io.stele.simulator.Ports;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.client.ClientLink;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PutReplyEncoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.RangeReplyDecoder;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.UnsafeBuffer;

/** What a careless author could do between the node and its clients, or in its index. */
final class PlantedNodeBugs {
    private PlantedNodeBugs() {}

    /** One put in ten is acknowledged when it is received. */
    static Ports answersEarly() {
        return onClients(link -> new PassingLink(link) {
            private final LongHashSet answered = new LongHashSet();
            private int puts;

            @Override
            public int poll(ClientHandler handler, int limit) {
                return link.poll(
                        new PassingHandler(handler) {
                            @Override
                            public void onRequest(long connectionId, DirectBuffer buffer, int offset, int length) {
                                boolean isPut =
                                        RequestFrame.templateId(buffer, offset) == PutRequestDecoder.TEMPLATE_ID;
                                if (isPut && ++puts % 10 == 0) {
                                    long correlationId = ReplySplitter.correlationId(buffer, offset);
                                    UnsafeBuffer reply = new UnsafeBuffer(new byte[64]);
                                    PutReplyEncoder put = new PutReplyEncoder();
                                    put.wrapAndApplyHeader(reply, 0, new MessageHeaderEncoder())
                                            .correlationId(correlationId)
                                            .revision(2)
                                            .raftTerm(1)
                                            .flags()
                                            .clear();
                                    answered.add(correlationId);
                                    link.send(connectionId, reply, 0, put.limit());
                                }
                                handler.onRequest(connectionId, buffer, offset, length);
                            }
                        },
                        limit);
            }

            @Override
            public int send(long connectionId, DirectBuffer buffer, int offset, int length) {
                return answered.contains(ReplySplitter.correlationId(buffer, offset))
                        ? 1
                        : link.send(connectionId, buffer, offset, length);
            }
        });
    }

    /** One request in twenty reaches the node twice. */
    static Ports deliversTwice() {
        return onClients(link -> new PassingLink(link) {
            private int requests;

            @Override
            public int poll(ClientHandler handler, int limit) {
                return link.poll(
                        new PassingHandler(handler) {
                            @Override
                            public void onRequest(long connectionId, DirectBuffer buffer, int offset, int length) {
                                handler.onRequest(connectionId, buffer, offset, length);
                                if (++requests % 20 == 0) {
                                    handler.onRequest(connectionId, buffer, offset, length);
                                }
                            }
                        },
                        limit);
            }
        });
    }

    /** One range in thirty has one byte wrong. */
    static Ports garblesValues() {
        return onClients(link -> new PassingLink(link) {
            private int ranges;

            @Override
            public int send(long connectionId, DirectBuffer buffer, int offset, int length) {
                boolean isRange = RequestFrame.templateId(buffer, offset) == RangeReplyDecoder.TEMPLATE_ID;
                if (!isRange || ++ranges % 30 != 0) {
                    return link.send(connectionId, buffer, offset, length);
                }
                byte[] garbled = new byte[length];
                buffer.getBytes(offset, garbled);
                garbled[length - 1] ^= 1;
                return link.send(connectionId, new UnsafeBuffer(garbled), 0, length);
            }
        });
    }

    /** The index misses one update in fifteen. */
    static Ports forgetsIndexUpdates() {
        return new Ports() {
            @Override
            public KeyIndex index(KeyIndex index) {
                return new ForgetfulIndex();
            }
        };
    }

    /** Delegates, because the real one is final. */
    private static final class ForgetfulIndex implements KeyIndex {
        private final HeapKeyIndex index = new HeapKeyIndex();
        private int updates;

        @Override
        public boolean accepts(int keyLength) {
            return index.accepts(keyLength);
        }

        @Override
        public boolean isReady() {
            return index.isReady();
        }

        @Override
        public boolean get(DirectBuffer key, int offset, int length, KeyRecord into) {
            return index.get(key, offset, length, into);
        }

        @Override
        public boolean put(DirectBuffer key, int offset, int length, KeyRecord record) {
            boolean isKnown = index.get(key, offset, length, new KeyRecord());
            return (isKnown && ++updates % 15 == 0) || index.put(key, offset, length, record);
        }

        @Override
        public void remove(DirectBuffer key, int offset, int length) {
            index.remove(key, offset, length);
        }

        @Override
        public int doWork(int budget) {
            return index.doWork(budget);
        }

        @Override
        public long entryCount() {
            return index.entryCount();
        }

        @Override
        public long offHeapBytes() {
            return 0;
        }

        @Override
        public void clear() {
            index.clear();
        }

        @Override
        public void close() {
            index.close();
        }
    }

    private static Ports onClients(java.util.function.UnaryOperator<ClientLink> wrapper) {
        return new Ports() {
            @Override
            public ClientLink clients(ClientLink link) {
                return wrapper.apply(link);
            }
        };
    }

    static class PassingHandler implements ClientHandler {
        private final ClientHandler handler;

        PassingHandler(ClientHandler handler) {
            this.handler = handler;
        }

        @Override
        public void onConnected(long connectionId) {
            handler.onConnected(connectionId);
        }

        @Override
        public void onRequest(long connectionId, DirectBuffer buffer, int offset, int length) {
            handler.onRequest(connectionId, buffer, offset, length);
        }

        @Override
        public void onDisconnected(long connectionId) {
            handler.onDisconnected(connectionId);
        }
    }

    static class PassingLink implements ClientLink {
        final ClientLink link;

        PassingLink(ClientLink link) {
            this.link = link;
        }

        @Override
        public int poll(ClientHandler handler, int limit) {
            return link.poll(handler, limit);
        }

        @Override
        public int send(long connectionId, DirectBuffer buffer, int offset, int length) {
            return link.send(connectionId, buffer, offset, length);
        }

        @Override
        public void flush() {
            link.flush();
        }

        @Override
        public long queuedBytes(long connectionId) {
            return link.queuedBytes(connectionId);
        }

        @Override
        public int frameLengthMax(long connectionId) {
            return link.frameLengthMax(connectionId);
        }

        @Override
        public void close(long connectionId, int reasonCode, String reason) {
            link.close(connectionId, reasonCode, reason);
        }

        @Override
        public void close() {
            link.close();
        }
    }
}
