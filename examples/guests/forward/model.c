#include "model.h"

#include "memory.h"
#include "operations.h"

static uint32_t length_of(const char *text)
{
    uint32_t length = 0;
    while (text[length] != 0) length++;
    return length;
}

static void append(const char *text) { wasmchord_log(text, length_of(text)); }

void say(const char *text)
{
    append(text);
    append("\n");
}

static int32_t refuse(const char *why)
{
    say(why);
    return FORWARD_UNSUPPORTED;
}

static int32_t refuse_key(const char *key)
{
    append("this guest cannot run a model with this value of ");
    return refuse(key);
}

/* A number of the metadata; a key that is absent leaves the value as it is. */
static int32_t read_number(const char *key, double *value)
{
    double stated;
    int32_t code = wasmchord_metadata_number(key, length_of(key), &stated);
    if (code == WASMCHORD_NOT_FOUND) return 0;
    TRY(code);
    *value = stated;
    return 0;
}

static int32_t read_float(const char *key, float *value)
{
    double stated = *value;
    TRY(read_number(key, &stated));
    *value = (float)stated;
    return 0;
}

/* A count between 1 and a bound below which products of two fit 32 bits. */
static int32_t read_count(const char *key, int32_t most, int32_t *value)
{
    double stated = *value;
    TRY(read_number(key, &stated));
    if (!(stated >= 1 && stated <= most)) return refuse_key(key);
    *value = (int32_t)stated;
    return 0;
}

/* Keys that change what a pass computes must say what this one does. */
static int32_t require(const char *key, double value, double otherwise)
{
    double stated = value;
    TRY(read_number(key, &stated));
    return stated == value || stated == otherwise ? 0 : refuse_key(key);
}

static int32_t read_dimensions(struct model *m)
{
    TRY(read_count("llama.block_count", 1 << 12, &m->block_count));
    TRY(read_count("llama.embedding_length", 1 << 15, &m->hidden));
    TRY(read_count("llama.feed_forward_length", 1 << 17, &m->feed_forward));
    TRY(read_count("llama.context_length", 1 << 17, &m->context));
    TRY(read_count("llama.attention.head_count", 1 << 9, &m->heads));
    m->kv_heads = m->heads;
    TRY(read_count("llama.attention.head_count_kv", m->heads, &m->kv_heads));
    m->head_dim = m->hidden / m->heads;
    TRY(read_count("llama.attention.key_length", 1 << 10, &m->head_dim));
    int32_t value_length = m->head_dim;
    TRY(read_count("llama.attention.value_length", 1 << 10, &value_length));
    m->rope_dimensions = m->head_dim;
    TRY(read_count("llama.rope.dimension_count", m->head_dim, &m->rope_dimensions));
    if (m->heads % m->kv_heads != 0 || value_length != m->head_dim || m->rope_dimensions % 2 != 0)
        return refuse("the heads of this model are not such as this guest can run");
    return 0;
}

static int32_t read_constants(struct model *m)
{
    m->epsilon = -1;
    TRY(read_float("llama.attention.layer_norm_rms_epsilon", &m->epsilon));
    if (!(m->epsilon >= 0 && m->epsilon < 1)) return refuse_key("llama.attention.layer_norm_rms_epsilon");
    m->rope_base = 10000;
    TRY(read_float("llama.rope.freq_base", &m->rope_base));
    if (!(m->rope_base > 1)) return refuse_key("llama.rope.freq_base");
    m->attention_scale = 0;
    TRY(read_float("llama.attention.scale", &m->attention_scale));
    if (m->attention_scale == 0) m->attention_scale = 1 / __builtin_sqrtf((float)m->head_dim);
    TRY(require("llama.expert_count", 0, 0));
    TRY(require("llama.rope.scaling.factor", 1, 0));
    return require("llama.rope.scale_linear", 1, 0);
}

/* A tensor that must have a shape. */
static int32_t find(int32_t layer, const char *name, int32_t columns, int32_t rows, struct matrix *matrix)
{
    struct wasmchord_tensor tensor;
    int32_t code = wasmchord_layer_tensor(layer, name, length_of(name), &tensor);
    if (code == WASMCHORD_NOT_FOUND) say(name);
    TRY(code);
    if (tensor.ne0 != columns || tensor.ne1 != rows || tensor.ne2 != 1 || tensor.ne3 != 1 || !operation_takes(tensor.type, columns)) {
        append("this guest cannot run a model with this shape or type of ");
        return refuse(name);
    }
    *matrix = (struct matrix){tensor.address, tensor.type, columns, rows};
    return 0;
}

/* A tensor that must not be there: a pass that went over it would give wrong tokens. */
static int32_t lack(int32_t layer, const char *name)
{
    struct wasmchord_tensor tensor;
    int32_t code = wasmchord_layer_tensor(layer, name, length_of(name), &tensor);
    if (code == WASMCHORD_NOT_FOUND || code == WASMCHORD_LAYER_NOT_FOUND) return 0;
    TRY(code);
    append("this guest cannot run a model that has ");
    return refuse(name);
}

static int32_t find_block(const struct model *m, int32_t layer, struct block *b)
{
    int32_t queries = m->heads * m->head_dim, keys = m->kv_heads * m->head_dim;
    TRY(find(layer, "attn_norm.weight", m->hidden, 1, &b->attention_norm));
    TRY(find(layer, "attn_q.weight", m->hidden, queries, &b->q));
    TRY(find(layer, "attn_k.weight", m->hidden, keys, &b->k));
    TRY(find(layer, "attn_v.weight", m->hidden, keys, &b->v));
    TRY(find(layer, "attn_output.weight", queries, m->hidden, &b->attention_output));
    TRY(find(layer, "ffn_norm.weight", m->hidden, 1, &b->feed_forward_norm));
    TRY(find(layer, "ffn_gate.weight", m->hidden, m->feed_forward, &b->gate));
    TRY(find(layer, "ffn_up.weight", m->hidden, m->feed_forward, &b->up));
    TRY(find(layer, "ffn_down.weight", m->feed_forward, m->hidden, &b->down));
    TRY(lack(layer, "attn_q.bias"));
    TRY(lack(layer, "attn_output.bias"));
    return lack(layer, "ffn_down.bias");
}

static int32_t find_edges(struct model *m)
{
    static const char embedding[] = "token_embd.weight", output[] = "output.weight";
    struct wasmchord_tensor tensor;
    TRY(wasmchord_layer_tensor(WASMCHORD_LAYER_EMBEDDING, embedding, sizeof embedding - 1, &tensor));
    if (tensor.ne1 < 1 || tensor.ne1 > 1 << 24) return refuse("the vocabulary of this model is not such as this guest can run");
    m->vocabulary = (int32_t)tensor.ne1;
    TRY(find(WASMCHORD_LAYER_EMBEDDING, embedding, m->hidden, m->vocabulary, &m->embedding));
    TRY(find(WASMCHORD_LAYER_HEAD, "output_norm.weight", m->hidden, 1, &m->output_norm));
    TRY(lack(WASMCHORD_LAYER_EMBEDDING, "rope_freqs.weight"));
    m->output = m->embedding;
    m->output_layer = WASMCHORD_LAYER_EMBEDDING;
    if (wasmchord_layer_tensor(WASMCHORD_LAYER_HEAD, output, sizeof output - 1, &tensor) == WASMCHORD_NOT_FOUND) return 0;
    m->output_layer = WASMCHORD_LAYER_HEAD;
    return find(WASMCHORD_LAYER_HEAD, output, m->hidden, m->vocabulary, &m->output);
}

int32_t model_open(struct model *m)
{
    static const char key[] = "general.architecture", llama[] = "llama";
    char architecture[sizeof llama];
    int32_t length = wasmchord_metadata_text(key, sizeof key - 1, architecture, sizeof architecture);
    if (length == WASMCHORD_NOT_ENABLED || length == WASMCHORD_UNAVAILABLE) return length;
    int is_llama = length == sizeof llama - 1;
    for (int32_t i = 0; is_llama && i < length; i++) is_llama = architecture[i] == llama[i];
    if (!is_llama) return refuse("this guest runs models of the architecture llama");
    TRY(read_dimensions(m));
    TRY(read_constants(m));
    TRY(find_edges(m));
    m->blocks = allocate((size_t)m->block_count * sizeof *m->blocks);
    if (m->blocks == NULL) return FORWARD_NO_ROOM;
    for (int32_t i = 0; i < m->block_count; i++) TRY(find_block(m, i, &m->blocks[i]));
    return 0;
}
