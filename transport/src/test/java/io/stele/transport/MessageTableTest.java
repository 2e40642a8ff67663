package io.stele.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.codec.ReplyFlagsDecoder;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The hand-written table against the schema itself. */
class MessageTableTest {

    @Test
    void shouldAgreeWithTheSchema() throws Exception {
        List<Element> messages = messages();
        assertTrue(messages.size() >= 45);
        for (Element message : messages) {
            String name = message.getAttribute("name");
            int templateId = Integer.parseInt(message.getAttribute("id"));
            Class<?> decoder = Class.forName("io.stele.transport.codec." + name + "Decoder");
            assertNotEquals(MessageTable.Kind.UNKNOWN, MessageTable.kind(templateId), name);
            assertEquals(decoder.getField("BLOCK_LENGTH").getInt(null), MessageTable.blockLengthMin(templateId), name);
            assertEquals(children(message, "data").size(), MessageTable.variableCount(templateId), name);
            assertEquals(0, children(message, "group").size(), name);
        }
    }

    @Test
    void shouldHaveTheCommonFieldsOfRequestsAndRepliesAtOnePlace() throws Exception {
        for (Element message : messages()) {
            String name = message.getAttribute("name");
            MessageTable.Kind kind = MessageTable.kind(Integer.parseInt(message.getAttribute("id")));
            List<String> fields = new ArrayList<>();
            for (Element field : children(message, "field")) {
                fields.add(field.getAttribute("name") + ":" + field.getAttribute("type"));
            }
            if (kind == MessageTable.Kind.REPLY) {
                List<String> common =
                        List.of("correlationId:int64", "revision:int64", "raftTerm:int64", "flags:ReplyFlags");
                assertEquals(common, fields.subList(0, 4), name);
                assertEquals(1, ReplyFlagsDecoder.ENCODED_LENGTH);
            }
            if (kind == MessageTable.Kind.REQUEST || kind == MessageTable.Kind.OPERATION) {
                assertEquals("correlationId:int64", fields.get(0), name);
                if (fields.contains("sessionId:int64")) { // a write: what makes it happen once is read without decoding
                    assertEquals(List.of("sessionId:int64", "sequence:int64"), fields.subList(1, 3), name);
                }
            }
        }
    }

    private static List<Element> messages() throws Exception {
        try (InputStream schema = MessageTable.class.getResourceAsStream("/client-messages.xml")) {
            Element root = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(schema)
                    .getDocumentElement();
            return children(root, "sbe:message");
        }
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = parent.getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            Node node = nodes.item(i);
            if (node instanceof Element element && node.getNodeName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }
}
