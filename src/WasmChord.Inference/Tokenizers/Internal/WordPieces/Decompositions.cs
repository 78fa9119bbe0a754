using System.Text;

namespace WasmChord.Inference;

/// <summary>
/// The first character of the canonical decomposition of a character: the letter without its accents. Source:
/// UnicodeData.txt of Unicode 15.1. .NET has no such data where globalization is invariant.
/// </summary>
internal static class Decompositions
{
    private const int FirstSyllable = 0xAC00, LastSyllable = 0xD7A3, FirstConsonant = 0x1100, SyllablesPerConsonant = 588;

    private static readonly Lazy<Dictionary<int, int>> s_bases = new(Read);

    /// <summary>Runs of characters: the first, and what each decomposes into; an underscore for what does not.</summary>
    private static readonly (int First, string Bases)[] s_runs =
    [
        (0xC0,
            "AAAAAA_CEEEEIIII_NOOOOO__UUUUY__aaaaaa_ceeeeiiii_nooooo__uuuuy_yAaAaAaCcCcCcCcDd__EeEeEeEeEeGgGgGgGgHh__IiIiIiIi" +
            "I___JjKk_LlLlLl____NnNnNn___OoOoOo__RrRrRrSsSsSsSsTtTt__UuUuUuUuUuUuWwYyYZzZzZz"),
        (0x1A0, "Oo"),
        (0x1AF, "Uu"),
        (0x1CD,
            "AaIiOoUuUuUuUuUu_AaAa\u00C6\u00E6__GgKkOoOo\u01B7\u0292j___Gg__NnAa\u00C6\u00E6\u00D8\u00F8AaAaEeEeIiIiOoOoRrRrU" +
            "uUuSsTt__Hh"),
        (0x226, "AaEeOoOoOoOoYy"),
        (0x340, "\u0300\u0301_\u0313\u0308"),
        (0x374, "\u02B9"),
        (0x37E, ";"),
        (0x385, "\u00A8\u0391\u00B7\u0395\u0397\u0399_\u039F_\u03A5\u03A9\u03B9"),
        (0x3AA, "\u0399\u03A5\u03B1\u03B5\u03B7\u03B9\u03C5"),
        (0x3CA, "\u03B9\u03C5\u03BF\u03C5\u03C9____\u03D2\u03D2"),
        (0x400, "\u0415\u0415_\u0413___\u0406____\u041A\u0418\u0423"),
        (0x419, "\u0418"),
        (0x439, "\u0438"),
        (0x450, "\u0435\u0435_\u0433___\u0456____\u043A\u0438\u0443"),
        (0x476, "\u0474\u0475"),
        (0x4C1, "\u0416\u0436"),
        (0x4D0,
            "\u0410\u0430\u0410\u0430__\u0415\u0435__\u04D8\u04D9\u0416\u0436\u0417\u0437__\u0418\u0438\u0418\u0438\u041E" +
            "\u043E__\u04E8\u04E9\u042D\u044D\u0423\u0443\u0423\u0443\u0423\u0443\u0427\u0447__\u042B\u044B"),
        (0x622, "\u0627\u0627\u0648\u0627\u064A"),
        (0x6C0, "\u06D5_\u06C1"),
        (0x6D3, "\u06D2"),
        (0x929, "\u0928"),
        (0x931, "\u0930__\u0933"),
        (0x958, "\u0915\u0916\u0917\u091C\u0921\u0922\u092B\u092F"),
        (0x9CB, "\u09C7\u09C7"),
        (0x9DC, "\u09A1\u09A2_\u09AF"),
        (0xA33, "\u0A32__\u0A38"),
        (0xA59, "\u0A16\u0A17\u0A1C__\u0A2B"),
        (0xB48, "\u0B47__\u0B47\u0B47"),
        (0xB5C, "\u0B21\u0B22"),
        (0xB94, "\u0B92"),
        (0xBCA, "\u0BC6\u0BC7\u0BC6"),
        (0xC48, "\u0C46"),
        (0xCC0, "\u0CBF"),
        (0xCC7, "\u0CC6\u0CC6_\u0CC6\u0CC6"),
        (0xD4A, "\u0D46\u0D47\u0D46"),
        (0xDDA, "\u0DD9_\u0DD9\u0DD9\u0DD9"),
        (0xF43, "\u0F42"),
        (0xF4D, "\u0F4C____\u0F51____\u0F56____\u0F5B"),
        (0xF69, "\u0F40"),
        (0xF73, "\u0F71_\u0F71\u0FB2_\u0FB3"),
        (0xF81, "\u0F71"),
        (0xF93, "\u0F92"),
        (0xF9D, "\u0F9C____\u0FA1____\u0FA6____\u0FAB"),
        (0xFB9, "\u0F90"),
        (0x1026, "\u1025"),
        (0x1B06, "\u1B05_\u1B07_\u1B09_\u1B0B_\u1B0D___\u1B11"),
        (0x1B3B, "\u1B3A_\u1B3C__\u1B3E\u1B3F_\u1B42"),
        (0x1E00,
            "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTt" +
            "TtUuUuUuUuUuVvVvWwWwWwWwWwXxXxYyZzZzZzhtwy_\u017F____AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoO" +
            "oOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy"),
        (0x1F00,
            "\u03B1\u03B1\u03B1\u03B1\u03B1\u03B1\u03B1\u03B1\u0391\u0391\u0391\u0391\u0391\u0391\u0391\u0391\u03B5\u03B5" +
            "\u03B5\u03B5\u03B5\u03B5__\u0395\u0395\u0395\u0395\u0395\u0395__\u03B7\u03B7\u03B7\u03B7\u03B7\u03B7\u03B7\u03B7" +
            "\u0397\u0397\u0397\u0397\u0397\u0397\u0397\u0397\u03B9\u03B9\u03B9\u03B9\u03B9\u03B9\u03B9\u03B9\u0399\u0399" +
            "\u0399\u0399\u0399\u0399\u0399\u0399\u03BF\u03BF\u03BF\u03BF\u03BF\u03BF__\u039F\u039F\u039F\u039F\u039F\u039F__" +
            "\u03C5\u03C5\u03C5\u03C5\u03C5\u03C5\u03C5\u03C5_\u03A5_\u03A5_\u03A5_\u03A5\u03C9\u03C9\u03C9\u03C9\u03C9\u03C9" +
            "\u03C9\u03C9\u03A9\u03A9\u03A9\u03A9\u03A9\u03A9\u03A9\u03A9\u03B1\u03B1\u03B5\u03B5\u03B7\u03B7\u03B9\u03B9" +
            "\u03BF\u03BF\u03C5\u03C5\u03C9\u03C9__\u03B1\u03B1\u03B1\u03B1\u03B1\u03B1\u03B1\u03B1\u0391\u0391\u0391\u0391" +
            "\u0391\u0391\u0391\u0391\u03B7\u03B7\u03B7\u03B7\u03B7\u03B7\u03B7\u03B7\u0397\u0397\u0397\u0397\u0397\u0397" +
            "\u0397\u0397\u03C9\u03C9\u03C9\u03C9\u03C9\u03C9\u03C9\u03C9\u03A9\u03A9\u03A9\u03A9\u03A9\u03A9\u03A9\u03A9" +
            "\u03B1\u03B1\u03B1\u03B1\u03B1_\u03B1\u03B1\u0391\u0391\u0391\u0391\u0391_\u03B9__\u00A8\u03B7\u03B7\u03B7_" +
            "\u03B7\u03B7\u0395\u0395\u0397\u0397\u0397\u1FBF\u1FBF\u1FBF\u03B9\u03B9\u03B9\u03B9__\u03B9\u03B9\u0399\u0399" +
            "\u0399\u0399_\u1FFE\u1FFE\u1FFE\u03C5\u03C5\u03C5\u03C5\u03C1\u03C1\u03C5\u03C5\u03A5\u03A5\u03A5\u03A5\u03A1" +
            "\u00A8\u00A8`__\u03C9\u03C9\u03C9_\u03C9\u03C9\u039F\u039F\u03A9\u03A9\u03A9\u00B4__\u2002\u2003"),
        (0x2126, "\u03A9___KA"),
        (0x219A, "\u2190\u2192"),
        (0x21AE, "\u2194"),
        (0x21CD, "\u21D0\u21D4\u21D2"),
        (0x2204, "\u2203____\u2208__\u220B"),
        (0x2224, "\u2223_\u2225"),
        (0x2241, "\u223C__\u2243__\u2245_\u2248"),
        (0x2260, "=_\u2261"),
        (0x226D, "\u224D<>\u2264\u2265__\u2272\u2273__\u2276\u2277"),
        (0x2280, "\u227A\u227B__\u2282\u2283__\u2286\u2287"),
        (0x22AC, "\u22A2\u22A8\u22A9\u22AB"),
        (0x22E0, "\u227C\u227D\u2291\u2292"),
        (0x22EA, "\u22B2\u22B3\u22B4\u22B5"),
        (0x2329, "\u3008\u3009"),
        (0x2ADC, "\u2ADD"),
        (0x304C, "\u304B_\u304D_\u304F_\u3051_\u3053_\u3055_\u3057_\u3059_\u305B_\u305D_\u305F_\u3061__\u3064_\u3066_\u3068"),
        (0x3070, "\u306F\u306F_\u3072\u3072_\u3075\u3075_\u3078\u3078_\u307B\u307B"),
        (0x3094, "\u3046"),
        (0x309E, "\u309D"),
        (0x30AC, "\u30AB_\u30AD_\u30AF_\u30B1_\u30B3_\u30B5_\u30B7_\u30B9_\u30BB_\u30BD_\u30BF_\u30C1__\u30C4_\u30C6_\u30C8"),
        (0x30D0, "\u30CF\u30CF_\u30D2\u30D2_\u30D5\u30D5_\u30D8\u30D8_\u30DB\u30DB"),
        (0x30F4, "\u30A6__\u30EF\u30F0\u30F1\u30F2___\u30FD"),
        (0xF900,
            "\u8C48\u66F4\u8ECA\u8CC8\u6ED1\u4E32\u53E5\u9F9C\u9F9C\u5951\u91D1\u5587\u5948\u61F6\u7669\u7F85\u863F\u87BA" +
            "\u88F8\u908F\u6A02\u6D1B\u70D9\u73DE\u843D\u916A\u99F1\u4E82\u5375\u6B04\u721B\u862D\u9E1E\u5D50\u6FEB\u85CD" +
            "\u8964\u62C9\u81D8\u881F\u5ECA\u6717\u6D6A\u72FC\u90CE\u4F86\u51B7\u52DE\u64C4\u6AD3\u7210\u76E7\u8001\u8606" +
            "\u865C\u8DEF\u9732\u9B6F\u9DFA\u788C\u797F\u7DA0\u83C9\u9304\u9E7F\u8AD6\u58DF\u5F04\u7C60\u807E\u7262\u78CA" +
            "\u8CC2\u96F7\u58D8\u5C62\u6A13\u6DDA\u6F0F\u7D2F\u7E37\u964B\u52D2\u808B\u51DC\u51CC\u7A1C\u7DBE\u83F1\u9675" +
            "\u8B80\u62CF\u6A02\u8AFE\u4E39\u5BE7\u6012\u7387\u7570\u5317\u78FB\u4FBF\u5FA9\u4E0D\u6CCC\u6578\u7D22\u53C3" +
            "\u585E\u7701\u8449\u8AAA\u6BBA\u8FB0\u6C88\u62FE\u82E5\u63A0\u7565\u4EAE\u5169\u51C9\u6881\u7CE7\u826F\u8AD2" +
            "\u91CF\u52F5\u5442\u5973\u5EEC\u65C5\u6FFE\u792A\u95AD\u9A6A\u9E97\u9ECE\u529B\u66C6\u6B77\u8F62\u5E74\u6190" +
            "\u6200\u649A\u6F23\u7149\u7489\u79CA\u7DF4\u806F\u8F26\u84EE\u9023\u934A\u5217\u52A3\u54BD\u70C8\u88C2\u8AAA" +
            "\u5EC9\u5FF5\u637B\u6BAE\u7C3E\u7375\u4EE4\u56F9\u5BE7\u5DBA\u601C\u73B2\u7469\u7F9A\u8046\u9234\u96F6\u9748" +
            "\u9818\u4F8B\u79AE\u91B4\u96B8\u60E1\u4E86\u50DA\u5BEE\u5C3F\u6599\u6A02\u71CE\u7642\u84FC\u907C\u9F8D\u6688" +
            "\u962E\u5289\u677B\u67F3\u6D41\u6E9C\u7409\u7559\u786B\u7D10\u985E\u516D\u622E\u9678\u502B\u5D19\u6DEA\u8F2A" +
            "\u5F8B\u6144\u6817\u7387\u9686\u5229\u540F\u5C65\u6613\u674E\u68A8\u6CE5\u7406\u75E2\u7F79\u88CF\u88E1\u91CC" +
            "\u96E2\u533F\u6EBA\u541D\u71D0\u7498\u85FA\u96A3\u9C57\u9E9F\u6797\u6DCB\u81E8\u7ACB\u7B20\u7C92\u72C0\u7099" +
            "\u8B58\u4EC0\u8336\u523A\u5207\u5EA6\u62D3\u7CD6\u5B85\u6D1E\u66B4\u8F3B\u884C\u964D\u898B\u5ED3\u5140\u55C0__" +
            "\u585A_\u6674__\u51DE\u732A\u76CA\u793C\u795E\u7965\u798F\u9756\u7CBE\u7FBD_\u8612_\u8AF8__\u9038\u90FD___\u98EF" +
            "\u98FC\u9928\u9DB4\u90DE\u96B7\u4FAE\u50E7\u514D\u52C9\u52E4\u5351\u559D\u5606\u5668\u5840\u58A8\u5C64\u5C6E" +
            "\u6094\u6168\u618E\u61F2\u654F\u65E2\u6691\u6885\u6D77\u6E1A\u6F22\u716E\u722B\u7422\u7891\u793E\u7949\u7948" +
            "\u7950\u7956\u795D\u798D\u798E\u7A40\u7A81\u7BC0\u7DF4\u7E09\u7E41\u7F72\u8005\u81ED\u8279\u8279\u8457\u8910" +
            "\u8996\u8B01\u8B39\u8CD3\u8D08\u8FB6\u9038\u96E3\u97FF\u983B\u6075\U000242EE\u8218__\u4E26\u51B5\u5168\u4F80" +
            "\u5145\u5180\u52C7\u52FA\u559D\u5555\u5599\u55E2\u585A\u58B3\u5944\u5954\u5A62\u5B28\u5ED2\u5ED9\u5F69\u5FAD" +
            "\u60D8\u614E\u6108\u618E\u6160\u61F2\u6234\u63C4\u641C\u6452\u6556\u6674\u6717\u671B\u6756\u6B79\u6BBA\u6D41" +
            "\u6EDB\u6ECB\u6F22\u701E\u716E\u77A7\u7235\u72AF\u732A\u7471\u7506\u753B\u761D\u761F\u76CA\u76DB\u76F4\u774A" +
            "\u7740\u78CC\u7AB1\u7BC0\u7C7B\u7D5B\u7DF4\u7F3E\u8005\u8352\u83EF\u8779\u8941\u8986\u8996\u8ABF\u8AF8\u8ACB" +
            "\u8B01\u8AFE\u8AED\u8B39\u8B8A\u8D08\u8F38\u9072\u9199\u9276\u967C\u96E3\u9756\u97DB\u97FF\u980B\u983B\u9B12" +
            "\u9F9C\U0002284A\U00022844\U000233D5\u3B9D\u4018\u4039\U00025249\U00025CD0\U00027ED3\u9F43\u9F8E"),
        (0xFB1D, "\u05D9_\u05F2"),
        (0xFB2A,
            "\u05E9\u05E9\u05E9\u05E9\u05D0\u05D0\u05D0\u05D1\u05D2\u05D3\u05D4\u05D5\u05D6_\u05D8\u05D9\u05DA\u05DB\u05DC_" +
            "\u05DE_\u05E0\u05E1_\u05E3\u05E4_\u05E6\u05E7\u05E8\u05E9\u05EA\u05D5\u05D1\u05DB\u05E4"),
        (0x1109A, "\U00011099_\U0001109B"),
        (0x110AB, "\U000110A5"),
        (0x1112E, "\U00011131\U00011132"),
        (0x1134B, "\U00011347\U00011347"),
        (0x114BB, "\U000114B9\U000114B9_\U000114B9"),
        (0x115BA, "\U000115B8\U000115B9"),
        (0x11938, "\U00011935"),
        (0x1D15E, "\U0001D157\U0001D158\U0001D158\U0001D158\U0001D158\U0001D158\U0001D158"),
        (0x1D1BB, "\U0001D1B9\U0001D1BA\U0001D1B9\U0001D1BA\U0001D1B9\U0001D1BA"),
        (0x2F800,
            "\u4E3D\u4E38\u4E41\U00020122\u4F60\u4FAE\u4FBB\u5002\u507A\u5099\u50E7\u50CF\u349E\U0002063A\u514D\u5154\u5164" +
            "\u5177\U0002051C\u34B9\u5167\u518D\U0002054B\u5197\u51A4\u4ECC\u51AC\u51B5\U000291DF\u51F5\u5203\u34DF\u523B" +
            "\u5246\u5272\u5277\u3515\u52C7\u52C9\u52E4\u52FA\u5305\u5306\u5317\u5349\u5351\u535A\u5373\u537D\u537F\u537F" +
            "\u537F\U00020A2C\u7070\u53CA\u53DF\U00020B63\u53EB\u53F1\u5406\u549E\u5438\u5448\u5468\u54A2\u54F6\u5510\u5553" +
            "\u5563\u5584\u5584\u5599\u55AB\u55B3\u55C2\u5716\u5606\u5717\u5651\u5674\u5207\u58EE\u57CE\u57F4\u580D\u578B" +
            "\u5832\u5831\u58AC\U000214E4\u58F2\u58F7\u5906\u591A\u5922\u5962\U000216A8\U000216EA\u59EC\u5A1B\u5A27\u59D8" +
            "\u5A66\u36EE\u36FC\u5B08\u5B3E\u5B3E\U000219C8\u5BC3\u5BD8\u5BE7\u5BF3\U00021B18\u5BFF\u5C06\u5F53\u5C22\u3781" +
            "\u5C60\u5C6E\u5CC0\u5C8D\U00021DE4\u5D43\U00021DE6\u5D6E\u5D6B\u5D7C\u5DE1\u5DE2\u382F\u5DFD\u5E28\u5E3D\u5E69" +
            "\u3862\U00022183\u387C\u5EB0\u5EB3\u5EB6\u5ECA\U0002A392\u5EFE\U00022331\U00022331\u8201\u5F22\u5F22\u38C7" +
            "\U000232B8\U000261DA\u5F62\u5F6B\u38E3\u5F9A\u5FCD\u5FD7\u5FF9\u6081\u393A\u391C\u6094\U000226D4\u60C7\u6148" +
            "\u614C\u614E\u614C\u617A\u618E\u61B2\u61A4\u61AF\u61DE\u61F2\u61F6\u6210\u621B\u625D\u62B1\u62D4\u6350\U00022B0C" +
            "\u633D\u62FC\u6368\u6383\u63E4\U00022BF1\u6422\u63C5\u63A9\u3A2E\u6469\u647E\u649D\u6477\u3A6C\u654F\u656C" +
            "\U0002300A\u65E3\u66F8\u6649\u3B19\u6691\u3B08\u3AE4\u5192\u5195\u6700\u669C\u80AD\u43D9\u6717\u671B\u6721\u675E" +
            "\u6753\U000233C3\u3B49\u67FA\u6785\u6852\u6885\U0002346D\u688E\u681F\u6914\u3B9D\u6942\u69A3\u69EA\u6AA8" +
            "\U000236A3\u6ADB\u3C18\u6B21\U000238A7\u6B54\u3C4E\u6B72\u6B9F\u6BBA\u6BBB\U00023A8D\U00021D0B\U00023AFA\u6C4E" +
            "\U00023CBC\u6CBF\u6CCD\u6C67\u6D16\u6D3E\u6D77\u6D41\u6D69\u6D78\u6D85\U00023D1E\u6D34\u6E2F\u6E6E\u3D33\u6ECB" +
            "\u6EC7\U00023ED1\u6DF9\u6F6E\U00023F5E\U00023F8E\u6FC6\u7039\u701E\u701B\u3D96\u704A\u707D\u7077\u70AD\U00020525" +
            "\u7145\U00024263\u719C\U000243AB\u7228\u7235\u7250\U00024608\u7280\u7295\U00024735\U00024814\u737A\u738B\u3EAC" +
            "\u73A5\u3EB8\u3EB8\u7447\u745C\u7471\u7485\u74CA\u3F1B\u7524\U00024C36\u753E\U00024C92\u7570\U0002219F\u7610" +
            "\U00024FA1\U00024FB8\U00025044\u3FFC\u4008\u76F4\U000250F3\U000250F2\U00025119\U00025133\u771E\u771F\u771F\u774A" +
            "\u4039\u778B\u4046\u4096\U0002541D\u784E\u788C\u78CC\u40E3\U00025626\u7956\U0002569A\U000256C5\u798F\u79EB\u412F" +
            "\u7A40\u7A4A\u7A4F\U0002597C\U00025AA7\U00025AA7\u7AEE\u4202\U00025BAB\u7BC6\u7BC9\u4227\U00025C80\u7CD2\u42A0" +
            "\u7CE8\u7CE3\u7D00\U00025F86\u7D63\u4301\u7DC7\u7E02\u7E45\u4334\U00026228\U00026247\u4359\U000262D9\u7F7A" +
            "\U0002633E\u7F95\u7FFA\u8005\U000264DA\U00026523\u8060\U000265A8\u8070\U0002335F\u43D5\u80B2\u8103\u440B\u813E" +
            "\u5AB5\U000267A7\U000267B5\U00023393\U0002339C\u8201\u8204\u8F9E\u446B\u8291\u828B\u829D\u52B3\u82B1\u82B3\u82BD" +
            "\u82E6\U00026B3C\u82E5\u831D\u8363\u83AD\u8323\u83BD\u83E7\u8457\u8353\u83CA\u83CC\u83DC\U00026C36\U00026D6B" +
            "\U00026CD5\u452B\u84F1\u84F3\u8516\U000273CA\u8564\U00026F2C\u455D\u4561\U00026FB1\U000270D2\u456B\u8650\u865C" +
            "\u8667\u8669\u86A9\u8688\u870E\u86E2\u8779\u8728\u876B\u8786\u45D7\u87E1\u8801\u45F9\u8860\u8863\U00027667\u88D7" +
            "\u88DE\u4635\u88FA\u34BB\U000278AE\U00027966\u46BE\u46C7\u8AA0\u8AED\u8B8A\u8C55\U00027CA8\u8CAB\u8CC1\u8D1B" +
            "\u8D77\U00027F2F\U00020804\u8DCB\u8DBC\u8DF0\U000208DE\u8ED4\u8F38\U000285D2\U000285ED\u9094\u90F1\u9111" +
            "\U0002872E\u911B\u9238\u92D7\u92D8\u927C\u93F9\u9415\U00028BFA\u958B\u4995\u95B7\U00028D77\u49E6\u96C3\u5DB2" +
            "\u9723\U00029145\U0002921A\u4A6E\u4A76\u97E0\U0002940A\u4AB2\U00029496\u980B\u980B\u9829\U000295B6\u98E2\u4B33" +
            "\u9929\u99A7\u99C2\u99FE\u4BCE\U00029B30\u9B12\u9C40\u9CFD\u4CCE\u4CED\u9D67\U0002A0CE\u4CF8\U0002A105\U0002A20E" +
            "\U0002A291\u9EBB\u4D56\u9EF9\u9EFE\u9F05\u9F0F\u9F16\u9F3B\U0002A600"),
    ];

    /// <summary>What a character begins with once it is decomposed; itself where it is not composed.</summary>
    internal static int BaseOf(int codePoint)
    {
        if (codePoint < 0xC0) return codePoint;
        if (codePoint is >= FirstSyllable and <= LastSyllable) return FirstConsonant + (codePoint - FirstSyllable) / SyllablesPerConsonant;
        return s_bases.Value.GetValueOrDefault(codePoint, codePoint);
    }

    private static Dictionary<int, int> Read()
    {
        Dictionary<int, int> bases = [];
        foreach ((int first, string text) in s_runs)
        {
            int codePoint = first;
            foreach (Rune rune in text.EnumerateRunes())
            {
                if (rune.Value != '_') bases.Add(codePoint, rune.Value);
                codePoint++;
            }
        }

        return bases;
    }
}
