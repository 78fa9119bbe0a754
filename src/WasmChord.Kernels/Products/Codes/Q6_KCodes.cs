using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockQ6_K"/>: −32 to 31, scales −128 to 127.</summary>
internal readonly unsafe struct Q6_KCodes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ6_K);

    /// <inheritdoc/>
    public static int Offset => 32;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockQ6_K*)source;
        to->D = Float16.ToSingle(block->D);
        for (int part = 0; part < 16; part++) to->Scales[part] = block->Scales[part];
        for (int i = 0; i < 256; i++)
        {
            int low = (block->Ql[(i >> 7) * 64 + (i & 63)] >> (4 * ((i >> 6) & 1))) & 15;
            int high = (block->Qh[(i >> 7) * 32 + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3;
            to->Codes[i] = (sbyte)((low | high << 4) - 32);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockQ6_K*)source;
        to->D = Float16.ToSingle(block->D);
        SixteenScales.Store(Vector128.Load(block->Scales), to->Scales);
        for (int half = 0; half < 2; half++)
        for (int i = 0; i < 2; i++)
        {
            Vector128<byte> pairs = Vector128.Load(block->Qh + 32 * half + 16 * i);
            Vector128<byte> near = Vector128.Load(block->Ql + 64 * half + 16 * i);
            Vector128<byte> far = Vector128.Load(block->Ql + 64 * half + 16 * i + 32);
            sbyte* codes = to->Codes + 128 * half + 16 * i;
            Q6_K.Join(Codes.LowNibbles(near), (pairs.AsUInt16() << 4).AsByte()).Store(codes);
            Q6_K.Join(Codes.LowNibbles(far), (pairs.AsUInt16() << 2).AsByte()).Store(codes + 32);
            Q6_K.Join(Codes.HighNibbles(near), pairs).Store(codes + 64);
            Q6_K.Join(Codes.HighNibbles(far), (pairs.AsUInt16() >>> 2).AsByte()).Store(codes + 96);
        }
    }
}
